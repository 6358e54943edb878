package casebook

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"retour/rules"
)

// fill sets every exported field of v, at any depth, to something drawn: so a
// field that is added to rules.Case is tested without a word here.
func fill(t *rapid.T, v reflect.Value, name string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		if ms := rapid.Int64Range(-1e12, 1e13).Draw(t, name); ms%5 != 0 { // one in five stays zero
			v.Set(reflect.ValueOf(time.UnixMilli(ms).UTC()))
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			within := v.Type() == reflect.TypeFor[rules.Event]() || v.Type() == reflect.TypeFor[rules.Item]()
			if within && v.Type().Field(i).Tag.Get("json") == "-" {
				continue // looked up anew when the event is done; the casebook's own
			}
			fill(t, v.Field(i), name+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, name)
		for i := range n { // none stays nil
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			fill(t, v.Index(i), fmt.Sprintf("%s[%d]", name, i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name) {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), name)
		}
	case reflect.Map:
		for i := range rapid.IntRange(0, 2).Draw(t, name) { // none stays nil
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			entry := reflect.New(v.Type().Elem()).Elem()
			fill(t, entry, fmt.Sprintf("%s[%d]", name, i))
			v.SetMapIndex(reflect.ValueOf(i), entry)
		}
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z_%'"\\]{0,8}`)).Draw(t, name))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	default:
		t.Fatalf("%s is a %s, which this test cannot draw", name, v.Type())
	}
}

func drawCase(t *rapid.T, number string) rules.Case {
	var c rules.Case
	fill(t, reflect.ValueOf(&c).Elem(), "Case")
	c.Number = number
	return c
}

// Every field of a case comes back as it was stored, at insertion and at saving.
func TestCaseRoundTrip(t *testing.T) {
	b, ctx, n := newBook(t), t.Context(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		c, next := drawCase(t, fmt.Sprint(n)), drawCase(t, fmt.Sprint(n))
		check := func(want rules.Case) {
			got, err := b.Case(ctx, want.Number)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("stored and read (-stored +read):\n%s", diff)
			}
		}
		if err := b.Write(ctx, noon, func(tx *Tx) error { return tx.Insert(ctx, &c) }); err != nil {
			t.Fatal(err)
		}
		if c.ID == 0 || c.Version != 1 {
			t.Fatalf("inserted with ID %d, version %d", c.ID, c.Version)
		}
		check(c)
		next.ID, next.Version = c.ID, c.Version
		if err := b.Write(ctx, noon, func(tx *Tx) error { return tx.Save(ctx, &next) }); err != nil {
			t.Fatal(err)
		}
		if next.Version != 2 {
			t.Fatalf("saved as version %d, want 2", next.Version)
		}
		check(next)
	})
}

func TestNextNumber(t *testing.T) {
	b := newBook(t)
	take := func(now time.Time) (number string) {
		write(t, b, now, func(ctx context.Context, tx *Tx) (err error) {
			number, err = tx.NextNumber(ctx)
			return err
		})
		return number
	}
	newYear := time.Date(2027, 1, 1, 0, 30, 0, 0, time.FixedZone("CET", 3600)) // still 2026 in UTC
	got := []string{take(noon), take(noon), take(newYear), take(newYear.Add(time.Hour)), take(noon)}
	want := []string{rules.Number(2026, 1), rules.Number(2026, 2), rules.Number(2026, 3), rules.Number(2027, 1), rules.Number(2026, 4)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}

func TestInsertRefusesAUsedNumber(t *testing.T) {
	b := newBook(t)
	c := openCase(t, b, rules.Case{})
	err := b.Write(t.Context(), noon, func(tx *Tx) error { return tx.Insert(t.Context(), &rules.Case{Number: c.Number}) })
	if err == nil {
		t.Error("two cases have one number")
	}
}

// Of two people who saw the same version the second changes nothing.
func TestSaveStale(t *testing.T) {
	b := newBook(t)
	first := openCase(t, b, rules.Case{Items: []rules.Item{{Position: 1, Serial: "A"}}})
	second := first
	first.Owner = rules.Person{ID: "U1", Name: "Ann"}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Save(ctx, &first) })

	second.Owner, second.Items = rules.Person{ID: "U2", Name: "Bob"}, nil
	err := b.Write(t.Context(), noon, func(tx *Tx) error { return tx.Save(t.Context(), &second) })
	if !errors.Is(err, ErrStale) {
		t.Fatalf("Save of an old version = %v, want ErrStale", err)
	}
	if second.Version != 1 {
		t.Errorf("a refused Save left version %d", second.Version)
	}
	if diff := cmp.Diff(first, must(b.Case(t.Context(), first.Number))(t)); diff != "" {
		t.Errorf("the stored case changed:\n%s", diff)
	}
}

func TestCaseNotFound(t *testing.T) {
	b := newBook(t)
	if _, err := b.Case(t.Context(), "RMA-26-00001-0"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Case = %v, want ErrNotFound", err)
	}
	if _, err := b.CaseByID(t.Context(), 7); !errors.Is(err, ErrNotFound) {
		t.Errorf("CaseByID = %v, want ErrNotFound", err)
	}
}

func TestTxSeesItsOwnWrites(t *testing.T) {
	b := newBook(t)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		c := rules.Case{Number: "1", State: rules.New, Customer: rules.Party{Address: "a@x.example"}}
		if err := tx.Insert(ctx, &c); err != nil {
			return err
		}
		if got, err := tx.OpenCasesOf(ctx, "a@x.example"); err != nil || len(got) != 1 {
			t.Errorf("tx finds %v, %v", got, err)
		}
		if got, err := b.Cases(ctx, CaseFilter{}); err != nil || len(got) != 0 {
			t.Errorf("outside, before the commit: %v, %v", got, err)
		}
		return nil
	})
}

// filterBook has four cases to be found.
func filterBook(t *testing.T) *Book {
	b := newBook(t)
	openCase(t, b, rules.Case{Number: "1", State: rules.New, Fault: "100% dead, écran noir",
		Customer: rules.Party{Address: "ann@shop.example", Name: "Ann Öztürk"},
		Items:    []rules.Item{{Position: 1, Model: "T46U", Serial: "31-0901 A", MAC: "80:5e:c0:12:34:56"}}})
	openCase(t, b, rules.Case{Number: "2", State: rules.Closed, Closing: rules.Success,
		Customer: rules.Party{Address: "ann@shop.example"},
		Items:    []rules.Item{{Position: 1, Serial: "310901A"}, {Position: 2, Serial: "--"}}})
	openCase(t, b, rules.Case{Number: "3", State: rules.Quoted, Group: "1",
		Customer: rules.Party{Address: "bob@shop.example"},
		Parties:  []rules.Party{{Address: "bob@shop.example"}, {Address: "ann@shop.example"}},
		Items:    []rules.Item{{Position: 1, Serial: "805EC0123456"}}})
	openCase(t, b, rules.Case{Number: "4", State: rules.New, Fault: "1000 dead",
		Customer: rules.Party{Address: "cas@other.example"}, References: rules.References{Order: []string{"PO_17"}}})
	return b
}

func numbersOf(cases []rules.Case) []string {
	all := []string{}
	for _, c := range cases {
		all = append(all, c.Number)
	}
	return all
}

func TestCases(t *testing.T) {
	b, ctx := filterBook(t), t.Context()
	tests := []struct {
		name   string
		filter CaseFilter
		want   []string
	}{
		{"all, newest first", CaseFilter{}, []string{"4", "3", "2", "1"}},
		{"limit", CaseFilter{Limit: 2}, []string{"4", "3"}},
		{"states", CaseFilter{States: []rules.State{rules.Closed, rules.Quoted}}, []string{"3", "2"}},
		{"customer or party", CaseFilter{Party: "Ann@Shop.example"}, []string{"3", "2", "1"}},
		{"serial however written", CaseFilter{Serial: "310901-a"}, []string{"2", "1"}},
		{"MAC written as serial", CaseFilter{Serial: "80-5E-C0-12-34-56"}, []string{"3", "1"}},
		{"a serial of dashes", CaseFilter{Serial: "-"}, []string{}},
		{"siblings", CaseFilter{Group: "1"}, []string{"3"}},
		{"words, all of them", CaseFilter{Text: "noir DEAD"}, []string{"1"}},
		{"accents, other case", CaseFilter{Text: "ÖZTÜRK"}, []string{"1"}},
		{"percent is no wildcard", CaseFilter{Text: "100%"}, []string{"1"}},
		{"underscore is no wildcard", CaseFilter{Text: "o_1"}, []string{"4"}},
		{"backslash", CaseFilter{Text: `\`}, []string{}},
		{"several conditions", CaseFilter{Party: "ann@shop.example", Serial: "310901a", States: []rules.State{rules.New}}, []string{"1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := numbersOf(must(b.Cases(ctx, tt.filter))(t))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("cases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCasesOfPeopleAndSerials(t *testing.T) {
	b, ctx := filterBook(t), t.Context()
	check := func(what string, cases []rules.Case, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, want...), numbersOf(cases)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("open cases", must(b.OpenCasesOf(ctx, "ann@shop.example"))(t), "3", "1")
	check("open cases of nobody", must(b.OpenCasesOf(ctx, ""))(t))
	check("cases of a serial, closed too", must(b.CasesBySerial(ctx, "310901A"))(t), "2", "1")
	check("cases of no serial", must(b.CasesBySerial(ctx, " - "))(t))
}

// More cases than a statement takes parameters in one go.
func TestManyCases(t *testing.T) {
	b := newBook(t)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for i := range 600 {
			c := rules.Case{Number: fmt.Sprint(i), Items: []rules.Item{{Position: i}}}
			if err := tx.Insert(ctx, &c); err != nil {
				return err
			}
		}
		return nil
	})
	all := must(b.Cases(t.Context(), CaseFilter{}))(t)
	if len(all) != 600 {
		t.Fatalf("%d cases, want 600", len(all))
	}
	for _, c := range all {
		if len(c.Items) != 1 || fmt.Sprint(c.Items[0].Position) != c.Number {
			t.Fatalf("case %s has the items %v", c.Number, c.Items)
		}
	}
}

func TestDue(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	if _, ok, err := b.NextDeadline(ctx); ok || err != nil {
		t.Errorf("NextDeadline of no cases = %v, %v", ok, err)
	}
	openCase(t, b, rules.Case{Number: "never"})
	openCase(t, b, rules.Case{Number: "closed", State: rules.Closed, Deadline: noon.Add(-48 * time.Hour)})
	openCase(t, b, rules.Case{Number: "due", Deadline: noon})
	openCase(t, b, rules.Case{Number: "overdue", Deadline: noon.Add(-time.Hour)})
	openCase(t, b, rules.Case{Number: "later", Deadline: noon.Add(time.Millisecond)})
	if diff := cmp.Diff([]string{"overdue", "due"}, must(b.Due(ctx, noon))(t)); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	at, ok, err := b.NextDeadline(ctx)
	if err != nil || !ok || at != noon.Add(-time.Hour) {
		t.Errorf("NextDeadline = %v, %v, %v", at, ok, err)
	}
}
