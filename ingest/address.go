package ingest

import "strings"

// addresses reads address fields (RFC 5322, 3.4) leniently: raw 8-bit names,
// unquoted commas in names, groups, comments, missing brackets.
func addresses(values []string) []Address {
	const most, longest = 1000, 1 << 10 // addresses; bytes of a name
	var all []Address
	for _, v := range values {
		pending := ""
		for _, element := range splitAddresses(v) {
			if len(all) >= most {
				return all
			}
			if pending != "" {
				element = cut(pending, longest) + "," + element
				pending = ""
			}
			if !strings.ContainsAny(element, "@<") && strings.TrimSpace(element) != "" {
				pending = element // the front of a name with a comma in it
				continue
			}
			if a, ok := oneAddress(element); ok {
				all = append(all, a)
			}
		}
		if a, ok := oneAddress(decodeWords(pending)); ok && len(all) < most {
			all = append(all, a)
		}
	}
	return all
}

// splitAddresses cuts a list at its commas and semicolons, those in quotes,
// comments and brackets left alone.
func splitAddresses(v string) []string {
	var out []string
	start, round, angle, quoted := 0, 0, false, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && strings.IndexByte(v[i+1:], '"') >= 0 || c == '"' && quoted:
			quoted = !quoted
		case quoted:
		case c == '(':
			round++
		case c == ')':
			round = max(0, round-1)
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case (c == ',' || c == ';') && round == 0 && !angle:
			out = append(out, v[start:i])
			start = i + 1
		}
	}
	return append(out, v[start:])
}

// longestAddress is what RFC 5321 section 4.5.3.1 allows: 64 before the @, 255 behind.
const longestAddress = 320

func oneAddress(s string) (Address, bool) {
	s = strings.TrimSpace(s)
	var a Address
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		a.Address, _, _ = strings.Cut(s[open+1:], ">")
		a.Name = cleanName(groupless(s[:open]))
	} else {
		s = groupless(s)
		if open := strings.IndexByte(s, '('); open >= 0 {
			a.Name = cleanName(strings.Trim(s[open:], "() "))
			s = s[:open]
		}
		a.Address = s
		if i := strings.LastIndexAny(strings.TrimSpace(s), " \t"); i >= 0 && strings.Contains(s[i:], "@") {
			a.Name, a.Address = cleanName(s[:i]), strings.TrimSpace(s)[i:]
		}
	}
	a.Address = cleanAddress(a.Address)
	if len(a.Address) > longestAddress {
		a.Address = "" // no server takes it
	}
	return a, a.Address != ""
}

// groupless takes the name of a group off its first member.
func groupless(s string) string {
	if i := strings.IndexByte(s, ':'); i >= 0 && !strings.ContainsAny(s[:i], `"@=`) {
		return s[i+1:]
	}
	return s
}

func cleanName(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
	s = strings.Join(strings.Fields(decodeWords(s)), " ")
	return strings.Trim(s, `'"`)
}

func cleanAddress(s string) string {
	if strings.Contains(s, "=?") {
		s = decodeWords(s)
	}
	s = comment.ReplaceAllString(s, "")
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.HasPrefix(s, "@") {
		s = s[i+1:] // a source route
	}
	s = strings.ToLower(strings.Join(strings.Fields(s), ""))
	s = strings.TrimPrefix(s, "mailto:")
	return strings.Trim(s, `<>"';,`)
}
