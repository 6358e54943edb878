package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"retour/cmd/internal/tabular"
	"retour/rules"
)

// Bounds on what is taken out of a cell.
const (
	longestNumber = 64
	longestText   = 200
	daysAhead     = 366 // a day that is further in the future is a mistake
)

// emptyWords are the ways to write that there is nothing.
var emptyWords = []string{"-", "--", "---", ".", "/", "?", "x", "n/a", "na", "n.a.", "n.v.t.", "#n/a", "none", "null", "nil", "unknown", "inconnu", "onbekend", "sconosciuto", "unbekannt",
	"aucun", "geen", "nessuno", "keine", "sans", "no serial"}

// textOf is a cell as a line of text; empty where it only says that it is.
func textOf(s string) string {
	if s == "" {
		return ""
	}
	s = strings.TrimSpace(strings.TrimPrefix(s, "'")) // the mark by which spreadsheets know a text
	if slices.Contains(emptyWords, strings.ToLower(s)) {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > longestText {
		s = string([]rune(s)[:longestText])
	}
	return s
}

var rounded = regexp.MustCompile(`^\d([.,]\d+)?E\+?\d+$`)

// serialOf is a number of a unit, upper case.
func serialOf(s string) (string, error) {
	s = strings.ToUpper(textOf(s))
	key := rules.NumberKey(s)
	switch {
	case strings.Trim(key, "0") == "":
		return "", nil
	case rounded.MatchString(s):
		return "", fmt.Errorf("a spreadsheet has rounded the number %s: format the column as text before it is exported", s)
	case len(s) > longestNumber:
		return "", fmt.Errorf("%.20s… is too long for the number of a unit", s)
	}
	return s, nil
}

// macOf is a MAC as twelve upper-case hex digits.
func macOf(s string) (string, error) {
	s = textOf(s)
	key := rules.NumberKey(s)
	if strings.Trim(key, "0") == "" {
		return "", nil
	}
	if len(key) != 12 || strings.Trim(key, "0123456789ABCDEF") != "" {
		return "", fmt.Errorf("%q is no MAC", s)
	}
	return key, nil
}

// several takes a cell with more than one number apart.
func several(s string) []string {
	var all []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == ';' || r == ',' || r == '|' }) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// makerNames knows manufacturers by what people call them.
type makerNames map[string]string

func newMakerNames(p *rules.Policy) makerNames {
	known := makerNames{}
	for _, m := range p.Manufacturers {
		for _, name := range append(m.Names(), m.ID) {
			known[tabular.Fold(name)] = m.ID
		}
	}
	return known
}

// id is the manufacturer's id in the policy: of a name, an alias, or a longer
// name that begins with one ("Yealink Network Technology"). Any other name stays
// as it is, lower case.
func (k makerNames) id(name string) string {
	words := strings.Fields(textOf(name))
	for n := len(words); n > 0; n-- {
		if id, ok := k[tabular.Fold(strings.Join(words[:n], " "))]; ok {
			return id
		}
	}
	return strings.ToLower(strings.Join(words, " "))
}

// memo remembers what a text means: the same few stand in a million rows.
type memo[V any] map[string]V

func (m memo[V]) of(text string, find func(string) V) V {
	v, ok := m[text]
	if !ok {
		v = find(text)
		if len(m) < 10_000 {
			m[text] = v
		}
	}
	return v
}

// words is a closed list of meanings, each with the ways to write it, folded.
type words map[string][]string

// meaning is empty for an empty text, and for one that has none: then known is false.
func (w words) meaning(text string) (meaning string, known bool) {
	folded := tabular.Fold(text)
	for meaning, ways := range w {
		if slices.Contains(ways, folded) {
			return meaning, true
		}
	}
	return "", folded == ""
}

var statusWords = words{
	string(rules.Sold): {"sold", "delivered", "shipped", "vendu", "livre", "verkocht", "geleverd", "venduto", "consegnato", "verkauft", "geliefert", "ausgeliefert"},
	string(rules.SaleReplaced): {"replaced", "exchanged", "swapped", "remplace", "echange", "vervangen", "omgeruild", "sostituito", "cambiato",
		"ersetzt", "ausgetauscht", "getauscht"},
	string(rules.Scrapped): {"scrapped", "disposed", "destroyed", "rebut", "misaurebut", "detruit", "recycle", "vernietigd", "afgedankt", "gesloopt", "rottamato", "smaltito", "distrutto",
		"verschrottet", "entsorgt", "vernichtet"},
}

var languageWords = words{
	"en": {"en", "eng", "e", "english", "anglais", "engels", "inglese", "englisch", "engb", "enus", "enie", "uk", "gb"},
	"fr": {"fr", "fra", "fre", "f", "french", "francais", "frans", "francese", "franzosisch", "franzoesisch", "frfr", "frbe", "frch", "frlu"},
	"nl": {"nl", "nld", "dut", "n", "dutch", "neerlandais", "nederlands", "olandese", "niederlandisch", "niederlaendisch", "vlaams", "flamand", "nlnl", "nlbe"},
	"it": {"it", "ita", "i", "italian", "italien", "italiaans", "italiano", "italienisch", "itit", "itch"},
	"de": {"de", "deu", "ger", "d", "german", "allemand", "duits", "tedesco", "deutsch", "dede", "deat", "dech", "debe"},
}

var roleWords = words{
	string(rules.RoleCustomer): {"customer", "client", "reseller", "dealer", "partner", "installer", "integrator", "var", "revendeur", "partenaire", "installateur", "integrateur",
		"klant", "wederverkoper", "partnerklant", "cliente", "rivenditore", "installatore", "kunde", "handler", "haendler", "wiederverkaufer", "wiederverkaeufer", "fachhandler", "fachhandel"},
	string(rules.RoleDistributor): {"distributor", "wholesaler", "distributeur", "grossiste", "groothandel", "groothandelaar", "distributore", "grossista", "grosshandler", "grosshaendler", "grosshandel", "distribution"},
	string(rules.RoleEndUser): {"enduser", "endcustomer", "endusers", "consumer", "utilisateurfinal", "clientfinal", "particulier", "eindgebruiker", "eindklant", "consument",
		"utentefinale", "clientefinale", "privato", "endkunde", "endanwender", "endbenutzer", "privatkunde", "verbraucher"},
}

// addressOf is a mail address, lower case.
func addressOf(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", fmt.Errorf("%q is no mail address", s)
	}
	address := strings.ToLower(a.Address)
	if _, domain, _ := strings.Cut(address, "@"); !strings.Contains(domain, ".") || len(address) > longestText {
		return "", fmt.Errorf("%q is no mail address", s)
	}
	return address, nil
}

var domainForm = regexp.MustCompile(`^([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$`)

// domainOf is a mail domain, lower case. One in which anybody may have an
// address makes nobody a customer.
func domainOf(s string, providers []string) (string, error) {
	domain := strings.ToLower(strings.TrimSpace(s))
	for _, prefix := range []string{"https://", "http://", "www.", "@", "*@", "*."} {
		domain = strings.TrimPrefix(domain, prefix)
	}
	domain, _, _ = strings.Cut(domain, "/")
	if !domainForm.MatchString(domain) || len(domain) > longestText {
		return "", fmt.Errorf("%q is no domain", s)
	}
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain || slices.Contains(providers, domain) {
		return "", fmt.Errorf("anybody can have an address in %s, so it stands for no customer", domain)
	}
	return domain, nil
}

// days reads the dates of a table.
type days struct {
	orders map[string]tabular.Order // of each field that is a date
	now    time.Time
	known  memo[day] // by order and cell
}

type day struct {
	time.Time
	err error
}

func (d days) of(field, cell string) (time.Time, error) {
	if cell == "" {
		return time.Time{}, nil
	}
	order := d.orders[field]
	found := d.known.of(string(order)+cell, func(string) day {
		t, err := tabular.ParseDate(cell, order)
		if err == nil && t.After(d.now.AddDate(0, 0, daysAhead)) {
			err = fmt.Errorf("%s lies more than a year ahead", t.Format(time.DateOnly))
		}
		return day{t, err}
	})
	if found.err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", field, found.err)
	}
	return found.Time, nil
}

// saleReader makes sales of rows.
type saleReader struct {
	columns tabular.Columns
	makers  makerNames
	makerOf memo[string] // by the name in the file
	days    days
	strange strangers
}

func (s *saleReader) text(r tabular.Row, field string) string {
	return textOf(r.Cell(s.columns.At(field)))
}

// sales are the units of a row, mostly one. The note says what of it could not
// be taken over.
func (s *saleReader) sales(r tabular.Row) (sales []rules.Sale, note string, err error) {
	var notes []string
	one := rules.Sale{
		Manufacturer: s.makerOf.of(r.Cell(s.columns.At("manufacturer")), s.makers.id), Model: s.text(r, "model"),
		Customer: s.text(r, "customer"), CustomerName: s.text(r, "customer_name"), Distributor: s.text(r, "distributor"),
		Order: s.text(r, "order"), Invoice: s.text(r, "invoice"), DeliveryNote: s.text(r, "delivery_note"),
	}
	for _, f := range []struct {
		field string
		into  *time.Time
	}{{"delivered", &one.Delivered}, {"licensed", &one.Licensed}, {"shipped", &one.Shipped}, {"invoiced", &one.Invoiced}, {"purchased", &one.Purchased}} {
		if *f.into, err = s.days.of(f.field, r.Cell(s.columns.At(f.field))); err != nil {
			// A unit whose day is not known is asked about; one that is not there counts as not sold.
			notes = append(notes, "taken without "+err.Error())
		}
	}
	if one.ReplacedBy, err = serialOf(r.Cell(s.columns.At("replaced_by"))); err != nil {
		return nil, "", fmt.Errorf("replaced_by: %w", err)
	}
	if one.Replaces, err = serialOf(r.Cell(s.columns.At("replaces"))); err != nil {
		return nil, "", fmt.Errorf("replaces: %w", err)
	}
	if status := s.text(r, "status"); status != "" {
		meaning, known := statusWords.meaning(status)
		if one.Status = rules.SaleStatus(meaning); !known {
			s.strange.see("status", status)
		}
	}
	return s.units(one, r, notes)
}

// units gives the sale its numbers.
func (s *saleReader) units(one rules.Sale, r tabular.Row, notes []string) (sales []rules.Sale, note string, err error) {
	cell := r.Cell(s.columns.At("serial"))
	if rounded.MatchString(strings.ToUpper(cell)) { // its comma parts no numbers
		_, err := serialOf(cell)
		return nil, "", err
	}
	serials, macs := several(cell), several(r.Cell(s.columns.At("mac")))
	n := max(len(serials), len(macs))
	if len(serials) > 0 && len(macs) > 0 && len(serials) != len(macs) {
		notes = append(notes, fmt.Sprintf("taken without MACs: %d serials and %d MACs", len(serials), len(macs)))
		macs, n = nil, len(serials)
	}
	for i := range n {
		sale := one
		if i < len(serials) {
			if sale.Serial, err = serialOf(serials[i]); err != nil {
				return nil, "", err
			}
		}
		if i < len(macs) {
			if sale.MAC, err = macOf(macs[i]); err != nil {
				if sale.Serial == "" {
					return nil, "", err
				}
				notes = append(notes, "taken without the MAC: "+err.Error())
			}
		}
		if sale.Serial != "" || sale.MAC != "" {
			sales = append(sales, sale)
		}
	}
	if len(sales) == 0 {
		return nil, "", errors.New("neither a serial nor a MAC")
	}
	return sales, strings.Join(notes, "; "), nil
}

// accountReader makes accounts of rows.
type accountReader struct {
	columns   tabular.Columns
	providers []string
	strange   strangers
}

func (a *accountReader) text(r tabular.Row, field string) string {
	return textOf(r.Cell(a.columns.At(field)))
}

func (a *accountReader) account(r tabular.Row) (account rules.Account, note string, err error) {
	account = rules.Account{Number: a.text(r, "number"), Name: a.text(r, "name"), Representative: a.text(r, "representative")}
	if account.Number == "" {
		return account, "", errors.New("no customer number")
	}
	if rounded.MatchString(strings.ToUpper(account.Number)) {
		return account, "", fmt.Errorf("a spreadsheet has rounded the number %s: format the column as text before it is exported", account.Number)
	}
	language, role := a.text(r, "language"), a.text(r, "role")
	var known bool
	if account.Language, known = languageWords.meaning(language); !known {
		a.strange.see("language", language)
	}
	meaning, known := roleWords.meaning(role)
	if account.Role = rules.Role(meaning); !known {
		a.strange.see("role", role)
	}
	var notes []string
	a.each(r, "address", func(text string) {
		address, err := addressOf(text)
		if err != nil {
			notes = append(notes, err.Error())
		} else if !slices.Contains(account.Addresses, address) {
			account.Addresses = append(account.Addresses, address)
		}
	})
	a.each(r, "domain", func(text string) {
		domain, err := domainOf(text, a.providers)
		if err != nil {
			notes = append(notes, err.Error())
		} else if !slices.Contains(account.Domains, domain) {
			account.Domains = append(account.Domains, domain)
		}
	})
	return account, strings.Join(notes, "; "), nil
}

// each calls fn for every entry of the columns of a field.
func (a *accountReader) each(r tabular.Row, field string, fn func(string)) {
	for _, at := range a.columns.All(field) {
		if textOf(r.Cell(at)) == "" {
			continue
		}
		for _, part := range several(r.Cell(at)) {
			fn(part)
		}
	}
}

// strangers are values of closed lists that mean nothing to the desk, and how
// often each came.
type strangers map[string]int

// mostStrangers bounds what is remembered: the column is probably another one.
const mostStrangers = 1000

func (s strangers) see(field, text string) {
	key := fmt.Sprintf("%s %q", field, text)
	if _, ok := s[key]; ok || len(s) < mostStrangers {
		s[key]++
	}
}

// lines are the commonest, for the summary.
func (s strangers) lines() []string {
	type line struct {
		text string
		n    int
	}
	var all []line
	for text, n := range s {
		all = append(all, line{text, n})
	}
	slices.SortFunc(all, func(a, b line) int { return cmp.Or(b.n-a.n, strings.Compare(a.text, b.text)) })
	var out []string
	for _, l := range all[:min(5, len(all))] {
		out = append(out, fmt.Sprintf("%s, rows: %d", l.text, l.n))
	}
	return out
}
