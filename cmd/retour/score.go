package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"retour/ingest"
	"retour/ingest/intake"
)

// oneOf is what a label takes for right: a value or any of a list, "" for
// null. Nil means that the label says nothing and nothing is scored.
type oneOf []string

// UnmarshalJSON reads a string, null, or a list of both.
func (o *oneOf) UnmarshalJSON(b []byte) error {
	var list []*string
	if !bytes.HasPrefix(b, []byte("[")) {
		b = slices.Concat([]byte("["), b, []byte("]"))
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*o = oneOf{}
	for _, s := range list {
		if s == nil {
			s = new(string)
		}
		*o = append(*o, *s)
	}
	return nil
}

// has tells whether got is right by the words' own rules: case and white space
// do not count.
func (o oneOf) has(got string, norm func(string) string) bool {
	return slices.ContainsFunc(o, func(want string) bool { return norm(got) == norm(want) })
}

// label is what a perfect reader understands of one mail: NAME.gold.json beside
// NAME.eml. A field that is absent is not scored.
type label struct {
	Kind         oneOf                `json:"kind"`
	Language     oneOf                `json:"language"`
	Reason       oneOf                `json:"reason"`
	PurchaseDate oneOf                `json:"purchase_date"`
	Answer       oneOf                `json:"answer"`
	Items        *[]labelItem         `json:"items"`
	References   *map[string][]string `json:"references"`
	Contains     []string             `json:"new_text_contains"`
	Excludes     []string             `json:"new_text_excludes"`
	Barcodes     []string             `json:"barcodes"` // texts that stand in the pictures of the mail
	Notes        string               `json:"notes"`    // why the mail is hard
}

type labelItem struct {
	Manufacturer oneOf `json:"manufacturer"`
	Model        oneOf `json:"model"`
	Serial       oneOf `json:"serial"`
	MAC          oneOf `json:"mac"`
}

// figure is one row of the table: right of all; or, with found and wanted
// numbers, precision and recall.
type figure struct {
	name       string
	right, all int
}

func (f figure) percent() float64 {
	if f.all == 0 {
		return 100
	}
	return 100 * float64(f.right) / float64(f.all)
}

// score collects the figures of a labelled folder and every miss.
type score struct {
	figures []figure
	misses  []string
	times   []time.Duration
}

func (s *score) add(name string, right, all int) {
	i := slices.IndexFunc(s.figures, func(f figure) bool { return f.name == name })
	if i < 0 {
		i = len(s.figures)
		s.figures = append(s.figures, figure{name: name})
	}
	s.figures[i].right += right
	s.figures[i].all += all
}

// check scores one value and tells whether it was right.
func (s *score) check(name, source string, ok bool, got, want any) bool {
	right := 0
	if ok {
		right = 1
	} else {
		s.miss(source, name, got, want)
	}
	s.add(name, right, 1)
	return ok
}

func (s *score) miss(source, name string, got, want any) {
	s.misses = append(s.misses, clean(fmt.Sprintf("%s: %s: got %s, want %s", source, name, brief(got), brief(want))))
}

// brief is a value on one line, as JSON, shortened.
func brief(v any) string {
	const most = 160
	var b bytes.Buffer
	if err := encodeJSON(&b, "", v); err != nil {
		return err.Error()
	}
	text := strings.TrimSpace(b.String())
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

// printScore scores a labelled folder and says where it fell below its floor.
func printScore(ctx context.Context, out io.Writer, x *intake.Explainer, dir string) error {
	s, err := scoreFolder(ctx, x, dir)
	if err != nil {
		return usageError{err}
	}
	floor, err := readFloor(dir)
	if err != nil {
		return usageError{err}
	}
	if err := s.print(out, floor); err != nil {
		return err
	}
	return s.below(floor)
}

// scoreFolder explains every labelled mail of a folder and scores it.
func scoreFolder(ctx context.Context, x *intake.Explainer, dir string) (*score, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.gold.json"))
	if err != nil {
		return nil, fmt.Errorf("look for labels: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s holds no NAME.gold.json: each mail NAME.eml needs its label beside it", dir)
	}
	s := &score{}
	var faults []error
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".gold.json")
		want, err := readLabel(path)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		raw, err := os.ReadFile(strings.TrimSuffix(path, ".gold.json") + ".eml")
		if err != nil {
			faults = append(faults, fmt.Errorf("the mail of label %s: %w", name, err))
			continue
		}
		begun := time.Now()
		got := explainMail(ctx, x, archived{source: name, raw: raw})
		s.times = append(s.times, time.Since(begun))
		s.mail(got, want)
	}
	slices.Sort(s.times)
	return s, errors.Join(faults...)
}

func readLabel(path string) (label, error) {
	var l label
	b, err := os.ReadFile(path)
	if err != nil {
		return l, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, fmt.Errorf("label %s: %w", path, err)
	}
	return l, nil
}

func (s *score) mail(got explained, want label) {
	s.check("read", got.Source, got.Error == "", got.Error, "")
	for _, f := range []struct {
		name string
		got  string
		want oneOf
	}{
		{"kind", got.Kind, want.Kind}, {"language", got.Language, want.Language}, {"reason", deref(got.Reason), want.Reason},
		{"purchase_date", deref(got.PurchaseDate), want.PurchaseDate}, {"answer", deref(got.Answer), want.Answer},
	} {
		if f.want != nil {
			s.check(f.name, got.Source, f.want.has(f.got, folded), f.got, f.want)
		}
	}
	s.harms(got, want)
	if want.Items != nil {
		s.items(got, *want.Items)
	}
	if want.References != nil {
		s.references(got, *want.References)
	}
	s.newText(got, want)
	s.barcodes(got, want)
}

// harms counts what must never be: a person taken for a machine, a quote
// accepted that nobody accepted.
func (s *score) harms(got explained, want label) {
	person := func(k string) bool {
		return k == string(ingest.Request) || k == string(ingest.Reply) || k == string(ingest.Other)
	}
	if len(want.Kind) > 0 && !slices.ContainsFunc(want.Kind, func(k string) bool { return !person(k) }) {
		s.check("persons taken for persons", got.Source, person(got.Kind), got.Kind, want.Kind)
	}
	if want.Answer != nil && !slices.Contains(want.Answer, "accept_quote") {
		s.check("no false acceptance", got.Source, deref(got.Answer) != "accept_quote", got.Answer, want.Answer)
	}
}

func (s *score) items(got explained, want []labelItem) {
	pairs, extra := pairItems(got.Items, want)
	exact := len(extra) == 0
	for i, g := range pairs {
		exact = s.item(got.Source, g, want[i]) && exact
	}
	for _, g := range extra {
		s.extra("serial", got.Source, g.Serial)
		s.extra("mac", got.Source, g.MAC)
	}
	s.check("all items exact", got.Source, exact, got.Items, want)
}

func (s *score) item(source string, g *explainedItem, want labelItem) bool {
	if g == nil {
		g = &explainedItem{}
	}
	exact := s.number("serial", source, deref(g.Serial), want.Serial, asNumber)
	exact = s.number("mac", source, deref(g.MAC), want.MAC, hexDigits) && exact
	if want.Manufacturer != nil {
		exact = s.check("item manufacturer", source, want.Manufacturer.has(deref(g.Manufacturer), folded), g.Manufacturer, want.Manufacturer) && exact
	}
	if want.Model != nil {
		exact = s.check("item model", source, want.Model.has(deref(g.Model), folded), g.Model, want.Model) && exact
	}
	return exact
}

// number scores a serial or a MAC: found ones count for precision, wanted ones
// for recall.
func (s *score) number(name, source, got string, want oneOf, norm func(string) string) bool {
	if want == nil {
		return true
	}
	right := want.has(got, norm)
	if got != "" {
		s.add("item "+name+" precision", count(right), 1)
	}
	if nothing := slices.Contains(want, ""); got != "" && right || !nothing {
		s.add("item "+name+" recall", count(right), 1)
	}
	if !right {
		s.miss(source, "item "+name, got, want)
	}
	return right
}

// extra scores a number of an item that nobody wants to return.
func (s *score) extra(name, source string, got *string) {
	if got != nil {
		s.add("item "+name+" precision", 0, 1)
		s.miss(source, "item "+name, *got, "no such item")
	}
}

func count(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

// pairItems pairs wanted items with found ones: by serial, then MAC, then
// model, then order. pairs has one entry a wanted item, nil where none is left.
func pairItems(got []explainedItem, want []labelItem) (pairs []*explainedItem, extra []explainedItem) {
	pairs = make([]*explainedItem, len(want))
	left := slices.Clone(got)
	pass := func(same func(explainedItem, labelItem) bool) {
		for i := range want {
			if pairs[i] != nil {
				continue
			}
			if k := slices.IndexFunc(left, func(g explainedItem) bool { return same(g, want[i]) }); k >= 0 {
				g := left[k]
				pairs[i], left = &g, slices.Delete(left, k, k+1)
			}
		}
	}
	pass(func(g explainedItem, w labelItem) bool { return g.Serial != nil && w.Serial.has(*g.Serial, asNumber) })
	pass(func(g explainedItem, w labelItem) bool { return g.MAC != nil && w.MAC.has(*g.MAC, hexDigits) })
	pass(func(g explainedItem, w labelItem) bool {
		return g.Serial == nil && g.MAC == nil && w.Model.has(deref(g.Model), folded)
	})
	pass(func(explainedItem, labelItem) bool { return true })
	return pairs, left
}

func (s *score) references(got explained, want map[string][]string) {
	r := got.References
	for _, kind := range []struct {
		name string
		got  []string
	}{{"rma", r.RMA}, {"vendor_ticket", r.VendorTicket}, {"order", r.Order}, {"invoice", r.Invoice},
		{"delivery_note", r.DeliveryNote}, {"tracking", r.Tracking}} {
		wanted, labelled := want[kind.name]
		if !labelled {
			continue
		}
		has := func(list []string, v string) bool {
			return slices.ContainsFunc(list, func(o string) bool { return asNumber(o) == asNumber(v) })
		}
		ok := true
		for _, g := range kind.got {
			s.add("references precision", count(has(wanted, g)), 1)
			ok = ok && has(wanted, g)
		}
		for _, w := range wanted {
			s.add("references recall", count(has(kind.got, w)), 1)
			ok = ok && has(kind.got, w)
		}
		if !ok {
			s.miss(got.Source, "references "+kind.name, kind.got, wanted)
		}
	}
}

func (s *score) newText(got explained, want label) {
	if len(want.Contains)+len(want.Excludes) == 0 {
		return
	}
	text := folded(got.NewText)
	lost := slices.DeleteFunc(slices.Clone(want.Contains), func(p string) bool { return strings.Contains(text, folded(p)) })
	left := slices.DeleteFunc(slices.Clone(want.Excludes), func(p string) bool { return !strings.Contains(text, folded(p)) })
	s.check("new text", got.Source, len(lost)+len(left) == 0, text, map[string][]string{"lost": lost, "left in": left})
}

func (s *score) barcodes(got explained, want label) {
	var read []string
	for _, a := range got.Attachments {
		read = append(read, a.Barcodes...)
	}
	for _, w := range want.Barcodes {
		s.check("barcodes read", got.Source, slices.Contains(read, w), read, w)
	}
	if want.Barcodes != nil {
		for _, r := range read {
			s.check("barcodes right", got.Source, slices.Contains(want.Barcodes, r), r, want.Barcodes)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// folded is text without what does not count: case, kinds of white space.
func folded(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), " "))
}

// asNumber is a number without white space and '#', upper case.
func asNumber(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ToUpper(strings.ReplaceAll(s, "\u200b", ""))), ""), "#", "")
}

func hexDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'F' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// print writes the table and every miss.
func (s *score) print(out io.Writer, floor map[string]float64) error {
	t := table{header: []string{"MEASURE", "RIGHT", "", "AT LEAST"}}
	for _, f := range s.figures {
		least := ""
		if v, ok := floor[f.name]; ok {
			least = fmt.Sprintf("%.1f %%", v)
		}
		t.add(f.name, fmt.Sprintf("%.1f %%", f.percent()), fmt.Sprintf("%d of %d", f.right, f.all), least)
	}
	if err := t.print(out); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d mails, %s each at the median, with the answer composed\n", len(s.times), s.times[len(s.times)/2].Round(10*time.Microsecond))
	for _, m := range s.misses {
		b.WriteString(m + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// floorFile stands in a labelled folder and says what each figure must reach:
// {"kind": 99.5, …}, in per cent.
const floorFile = "at-least.json"

func readFloor(dir string) (map[string]float64, error) {
	path := filepath.Join(dir, floorFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	floor := map[string]float64{}
	if err := json.Unmarshal(b, &floor); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return floor, nil
}

// below names the figures that fell below the floor, and those of the floor
// that were not measured at all.
func (s *score) below(floor map[string]float64) error {
	var faults []error
	for name, least := range floor {
		i := slices.IndexFunc(s.figures, func(f figure) bool { return f.name == name })
		switch {
		case i < 0:
			faults = append(faults, fmt.Errorf("%s: not measured; is the name right?", name))
		case s.figures[i].percent() < least:
			faults = append(faults, fmt.Errorf("%s: %.1f %% is below %.1f %%", name, s.figures[i].percent(), least))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}
