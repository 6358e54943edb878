package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestReadScans(t *testing.T) {
	number := Number(2026, 123)
	text := "20EZ115N308C605F\r\n\n  S/N: 3145 0190-00001 \n00:0B:82:11:22:33\n20ez115n308c605f\n" + number + "\nS1234567\n2198765432;MAC:000b82aabbcc\tlast\n--\n"
	var got []string
	for _, s := range ReadScans(text) {
		got = append(got, s.Number+strings.Join(s.Keys, "|"))
	}
	want := []string{"20EZ115N308C605F", "3145019000001", "000B82112233", number, "S1234567|1234567", "2198765432|98765432", "000B82AABBCC", "LAST"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// docked is a case whose units are A1, A2, … in the state.
func docked(id int64, s State, prefix string, units int) Case {
	c := Case{ID: id, Number: Number(2026, int(id)), State: s}
	for i := range units {
		serial := fmt.Sprintf("%s%06d", prefix, i+1)
		c.Items = append(c.Items, Item{Position: i + 1, Serial: serial, MAC: "000B82" + serial[len(serial)-6:]})
	}
	return c
}

func unload(text string, cases ...Case) Unloading {
	found, labels := map[string][]Case{}, map[string]Case{}
	scans := ReadScans(text)
	for _, s := range scans {
		for _, c := range cases {
			if c.Number == s.Number {
				labels[c.Number] = c
			}
			for _, key := range s.Keys {
				if _, ok := c.unit(key); ok {
					found[key] = append(found[key], c)
				}
			}
		}
	}
	return Unload(scans, found, labels)
}

// said writes an unloading in one line for each thing.
func said(u Unloading) string {
	var b strings.Builder
	for _, a := range u.Arrivals {
		fmt.Fprintf(&b, "%s: here %v, missing %v, surplus %v %s\n", a.Case.Number, a.Units, a.Missing, a.Surplus, a.Refusal)
	}
	fmt.Fprintf(&b, "unknown %v, doubtful %v, labels %v", u.Unknown, u.Doubtful, u.Labels)
	return b.String()
}

func TestUnload(t *testing.T) {
	one, two := docked(1, Validated, "AA", 3), docked(2, Received, "BB", 2)
	two.Items[0].Received = true
	left := docked(3, InProcess, "CC", 2)
	left.Items[0].Received, left.Items[0].Resolution = true, Replaced
	refused := docked(4, Validated, "DD", 2)
	refused.Items[1].Verdict = RefusedCommercial
	n := func(i int) string { return Number(2026, i) }
	for _, c := range []struct {
		name, text string
		cases      []Case
		want       string
	}{
		{"part of a case", "AA000001\nAA000003", []Case{one}, n(1) + ": here [1 3], missing [2], surplus [] \nunknown [], doubtful [], labels []"},
		{"serial and MAC are one unit", "AA000001\n00:0b:82:00:00:01", []Case{one}, n(1) + ": here [1], missing [2 3], surplus [] \nunknown [], doubtful [], labels []"},
		{"a unit that is here, one that has left, one that nobody knows", "BB000001\nBB000002\nCC000001\nZZ000009", []Case{one, two, left},
			n(2) + ": here [2], missing [], surplus [{1 }] \n" + n(3) + ": here [], missing [2], surplus [{1 replaced}] \nunknown [ZZ000009], doubtful [], labels []"},
		{"what was refused is not missing", "DD000001", []Case{refused}, n(4) + ": here [1], missing [], surplus [] \nunknown [], doubtful [], labels []"},
		{"not approved", "AA000001", []Case{docked(5, New, "AA", 1)}, n(5) + ": here [1], missing [], surplus [] the return is not approved yet\nunknown [], doubtful [], labels []"},
		{"the case that takes goods in goes before one that does not", "AA000001", []Case{docked(5, New, "AA", 1), docked(6, Validated, "AA", 1), docked(7, Closed, "AA", 1)},
			n(6) + ": here [1], missing [], surplus [] \nunknown [], doubtful [], labels []"},
		{"two that could", "AA000001", []Case{docked(6, Validated, "AA", 1), docked(8, Validated, "AA", 1)},
			"unknown [], doubtful [{AA000001 [" + n(6) + " " + n(8) + "]}], labels []"},
		{"the label decides", "AA000001\n" + n(8), []Case{docked(6, Validated, "AA", 1), docked(8, Validated, "AA", 1)},
			n(8) + ": here [1], missing [], surplus [] \nunknown [], doubtful [], labels []"},
		{"closed ones: the newest", "AA000001", []Case{docked(6, Closed, "AA", 1), docked(8, Closed, "AA", 1)},
			n(8) + ": here [1], missing [], surplus [] the case is closed; reopen it first\nunknown [], doubtful [], labels []"},
		{"labels alone", n(1) + "\n" + n(99), []Case{one}, "unknown [], doubtful [], labels [{" + n(1) + " true} {" + n(99) + " false}]"},
		{"a data identifier", "SAA000002", []Case{one}, n(1) + ": here [2], missing [1 3], surplus [] \nunknown [], doubtful [], labels []"},
	} {
		if got := said(unload(c.text, c.cases...)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if b := unload("BB000001\nAA000001\nZZ000001", one, two, docked(5, New, "ZZ", 1)).Bookable(); len(b) != 1 || b[0].Case.ID != 1 {
		t.Errorf("bookable: %+v", b)
	}
}
