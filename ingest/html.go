package ingest

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText makes plain text of an HTML body. Cells of a row are kept apart by
// tabs, quoted blocks get "> " before each line, signatures a "-- " line
// above: so that the rest of the package sees one kind of text. What is not
// displayed is left out.
func htmlText(s string) string {
	w := &htmlWriter{}
	root, err := html.Parse(strings.NewReader(s))
	if err != nil { // nested beyond what the parser stands
		return flatText(s)
	}
	w.older = trailing(root)
	w.node(root)
	w.newline()
	return strings.TrimSpace(w.out.String()) + "\n"
}

// trailing finds the quotations that no client has marked: blockquotes with
// nothing of the sender's below them. Those in the middle are answered line by
// line or only indented, and one that holds numbers may be either: it stays.
func trailing(root *html.Node) map[*html.Node]bool {
	found := map[*html.Node]bool{}
	own := false // text that is not quoted has been seen, from below
	var back func(n *html.Node)
	back = func(n *html.Node) {
		if n.Type == html.TextNode {
			own = own || strings.TrimSpace(n.Data) != ""
			return
		}
		if isQuote(n) || silent(n.DataAtom) || own {
			return
		}
		if n.DataAtom == atom.Blockquote && !asks([]string{flat(n)}) {
			found[n] = true
			return
		}
		for c := n.LastChild; c != nil; c = c.PrevSibling {
			back(c)
		}
	}
	back(root)
	if !own {
		return nil // all is quoted: somebody only indents
	}
	return found
}

// flat is the text below n in one line, as much as is needed to judge it.
func flat(n *html.Node) string {
	const most = 4 << 10
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && b.Len() < most {
			b.WriteString(c.Data + " ")
		}
	}
	return plain(strings.Join(strings.Fields(b.String()), " "))
}

// flatText needs no stack: it keeps the text and breaks lines at blocks.
func flatText(s string) string {
	w := &htmlWriter{}
	z := html.NewTokenizer(strings.NewReader(s))
	skip := 0
	for {
		switch t := z.Next(); t {
		case html.ErrorToken:
			w.newline()
			return strings.TrimSpace(w.out.String()) + "\n"
		case html.TextToken:
			if skip == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			switch {
			case silent(a) && t == html.StartTagToken:
				skip++
			case silent(a) && t == html.EndTagToken:
				skip = max(0, skip-1)
			case a == atom.Td || a == atom.Th:
				w.cell()
			case a == atom.Br || block(a):
				w.newline()
			}
		}
	}
}

// htmlWriter writes the text line by line.
type htmlWriter struct {
	out    strings.Builder
	line   strings.Builder
	quote  int                 // depth of quoted blocks
	inCell int                 // depth of cells that are kept on one line
	pre    int                 // depth of preformatted text
	space  bool                // a space is due before the next word
	blank  bool                // an empty line has just been written
	older  map[*html.Node]bool // blockquotes that are quotations though nothing says so
}

func (w *htmlWriter) text(s string) {
	s = tidySpaces(s)
	if w.pre > 0 && w.inCell == 0 {
		first, rest, more := strings.Cut(s, "\n")
		w.line.WriteString(first)
		for more {
			w.endLine()
			first, rest, more = strings.Cut(rest, "\n")
			w.line.WriteString(first)
		}
		return
	}
	for i, f := range strings.Fields(s) {
		if w.line.Len() > 0 && (i > 0 || w.space || s[0] == ' ' || s[0] == '\n' || s[0] == '\t') && !strings.HasSuffix(w.line.String(), "\t") {
			w.line.WriteByte(' ')
		}
		w.space = false
		w.line.WriteString(f)
	}
	if s != "" && strings.TrimRight(s, " \t\n") != s {
		w.space = true
	}
}

// newline ends a line that has something on it.
func (w *htmlWriter) newline() {
	if w.inCell > 0 {
		w.space = true
		return
	}
	if w.line.Len() > 0 {
		w.endLine()
	}
}

func (w *htmlWriter) endLine() {
	line := strings.TrimRight(w.line.String(), " \t")
	w.line.Reset()
	w.space = false
	if line == "" && w.blank {
		return
	}
	w.blank = line == ""
	w.out.WriteString(strings.Repeat("> ", min(w.quote, 5)))
	w.out.WriteString(line)
	w.out.WriteByte('\n')
}

func (w *htmlWriter) cell() {
	if w.line.Len() > 0 {
		w.line.WriteByte('\t')
	}
	w.space = false
}

func (w *htmlWriter) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
		return
	case html.CommentNode, html.DoctypeNode:
		return
	case html.ElementNode:
		if silent(n.DataAtom) || hidden(n) {
			return
		}
		w.element(n)
		return
	}
	w.children(n)
}

func (w *htmlWriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *htmlWriter) element(n *html.Node) {
	switch {
	case n.DataAtom == atom.Br:
		w.lineBreak()
		return
	case n.DataAtom == atom.Tr && dataRow(n):
		w.row(n)
		return
	case n.DataAtom == atom.Pre || n.DataAtom == atom.Textarea:
		w.pre++
		defer func() { w.pre-- }()
	case n.DataAtom == atom.Hr:
		w.newline()
		return
	}
	quoted := isQuote(n) || w.older[n]
	if block(n.DataAtom) || quoted {
		w.newline()
		w.gap(n)
	}
	if isSignature(n) {
		w.newline()
		w.line.WriteString("-- ")
		w.signatureLine()
	}
	if quoted {
		w.quote++
	}
	w.children(n)
	if block(n.DataAtom) || quoted {
		w.newline()
	}
	if quoted {
		w.quote--
	}
	w.gap(n)
}

func (w *htmlWriter) lineBreak() {
	if w.inCell > 0 {
		w.space = true
		return
	}
	w.endLine()
}

// signatureLine writes the delimiter with its space, which endLine would cut.
func (w *htmlWriter) signatureLine() {
	w.line.Reset()
	w.out.WriteString(strings.Repeat("> ", min(w.quote, 5)) + "-- \n")
}

// gap sets paragraphs apart by an empty line.
func (w *htmlWriter) gap(n *html.Node) {
	if w.inCell > 0 || w.out.Len() == 0 || w.line.Len() > 0 {
		return
	}
	switch n.DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.Table, atom.Ul, atom.Ol:
		w.endLine()
	}
}

func (w *htmlWriter) row(n *html.Node) {
	w.newline()
	w.inCell++
	first := true
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th || hidden(c) {
			continue
		}
		if !first {
			w.line.WriteByte('\t')
		}
		first, w.space = false, false
		w.children(c)
	}
	w.inCell--
	w.newline()
}

// dataRow tells a row of data from one that only lays a page out: several
// cells, none of them long or with a table inside.
func dataRow(n *html.Node) bool {
	const long = 250
	cells := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		cells++
		if length(c, long) > long {
			return false
		}
	}
	return cells > 1
}

// length counts the text below n; a table counts as long.
func length(n *html.Node, most int) int {
	sum := 0
	for c := n.FirstChild; c != nil && sum <= most; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			sum += len(c.Data)
		case c.DataAtom == atom.Table:
			return most + 1
		default:
			sum += length(c, most-sum)
		}
	}
	return sum
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			return true
		}
		if a.Key == "style" {
			style := strings.ToLower(strings.ReplaceAll(a.Val, " ", ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || strings.Contains(style, "mso-hide:all") {
				return true
			}
		}
	}
	return false
}

func isQuote(n *html.Node) bool {
	if n.DataAtom != atom.Blockquote {
		return false
	}
	class := attr(n, "class")
	return strings.EqualFold(attr(n, "type"), "cite") || strings.Contains(class, "quote") || strings.Contains(class, "cite") || attr(n, "cite") != ""
}

func isSignature(n *html.Node) bool {
	id := strings.ToLower(attr(n, "id"))
	if id == "signature" || strings.HasSuffix(id, "mobile-signature") || id == "linebreakatbeginningofsignature" {
		return true
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		switch class {
		case "gmail_signature", "moz-signature", "protonmail_signature_block", "x_gmail_signature":
			return true
		}
	}
	return false
}

func silent(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Svg, atom.Object, atom.Iframe, atom.Select:
		return true
	}
	return false
}

func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Table, atom.Tr, atom.Ul, atom.Ol, atom.Li, atom.Blockquote, atom.Pre, atom.Center,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl, atom.Dt, atom.Dd, atom.Section, atom.Article,
		atom.Header, atom.Footer, atom.Form, atom.Fieldset, atom.Address, atom.Td, atom.Th, atom.Caption, atom.Body:
		return true
	}
	return false
}
