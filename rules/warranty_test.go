package rules

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func date(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestInForce(t *testing.T) {
	p := policy(t, "version: t\nmanufacturers: [{id: fanvil, warranty: {months: 1, start: delivery, doa_days: 30}}]")
	now := date(t, "2025-11-21")
	d := func(s string) time.Time { return date(t, s) }
	for _, c := range []struct {
		name  string
		item  Item
		dates Dates
		until string
		why   string
	}{
		{"delivery", Item{Manufacturer: "voismart", Model: "VoIP phone"}, Dates{FromDelivery: d("2025-04-30")}, "2026-04-30",
			"In warranty until 2026-04-30: 12 months from delivery on 2025-04-30."},
		{"licence", Item{Manufacturer: "voismart", Model: "Orchestra IPBX"}, Dates{FromDelivery: d("2024-01-01"), FromLicence: d("2024-12-01")}, "2025-12-01",
			"In warranty until 2025-12-01: 12 months from licence registration on 2024-12-01."},
		{"licence unknown", Item{Manufacturer: "voismart", Model: "GSM gateway"}, Dates{FromDelivery: d("2024-01-01")}, "2025-01-01",
			"Out of warranty since 2025-01-01: 12 months from delivery on 2024-01-01 (the date of licence registration, from which it counts, is not known)."},
		{"manufacturer", Item{Manufacturer: "snom"}, Dates{FromPurchase: d("2022-11-21")}, "2025-11-21",
			"In warranty until 2025-11-21: 36 months from purchase on 2022-11-21."},
		{"end of a short month, DOA", Item{Manufacturer: "fanvil"}, Dates{FromDelivery: d("2025-10-31")}, "2025-11-30",
			"In warranty until 2025-11-30: 1 month from delivery on 2025-10-31; dead on arrival until 2025-11-30."},
		{"nothing known", Item{Manufacturer: "snom"}, nil, "",
			"The warranty cannot be told: it runs 36 months from purchase, and that date is not known."},
	} {
		t.Run(c.name, func(t *testing.T) {
			cover := p.InForce(c.item, []Evidence{{Source: "register"}, {Dates: c.dates}}, now)
			got := ""
			if !cover.Until.IsZero() {
				got = cover.Until.Format(time.DateOnly)
			}
			if got != c.until || cover.Why != c.why {
				t.Errorf("%s %s", got, cover.Why)
			}
		})
	}
}

// The last day counts whole, by the desk's own date.
func TestLastDayInWarranty(t *testing.T) {
	p := policy(t, "version: t")
	dates := Dates{FromDelivery: date(t, "2025-01-12")}
	for at, want := range map[string]string{"2026-01-12 23:59": "In", "2026-01-13 00:01": "Out"} {
		if c := p.InForce(Item{Manufacturer: "voismart"}, []Evidence{{Dates: dates}}, rome(t, at)); c.Why[:len(want)] != want {
			t.Errorf("%s: %s", at, c.Why)
		}
	}
}

// Nobody buys tomorrow: such a date decides nothing.
func TestPurchaseInTheFuture(t *testing.T) {
	p := policy(t, "version: t")
	c := Case{Reason: Defective, PurchaseDate: "2027-01-01", Items: []Item{{Position: 1, Manufacturer: "snom"}}}
	s := &step{p: p, c: c, now: date(t, "2026-01-01")}
	s.judge()
	if !s.c.Items[0].WarrantyTo.IsZero() {
		t.Error(s.c.Items[0].WarrantyWhy)
	}
}

// cover is what is known of a unit's warranty on 2 March 2026.
func cover(t *testing.T, p *Policy, it Item, r Records, bought string) Cover {
	t.Helper()
	s := &step{p: p, c: Case{Reason: Defective, PurchaseDate: bought, Items: []Item{it}}, e: Event{Records: r}, now: date(t, "2026-03-02")}
	return s.coverOf(it)
}

// The register comes first, then the customer's word, then the serial number.
func TestEvidenceOfAWarranty(t *testing.T) {
	p := policy(t, "version: t")
	d := func(s string) time.Time { return date(t, s) }
	sold := func(s Sale) Records { return Records{Register: true, Sales: map[string]Sale{NumberKey(s.Serial): s}} }
	const snom, apc = "CHNLB18112503157", "AS2544114679"
	for _, c := range []struct {
		name   string
		item   Item
		r      Records
		bought string
		why    string
	}{
		{"register, with its paper", Item{Manufacturer: "voismart", Serial: "V1"}, sold(Sale{Serial: "V1", Invoice: "1234", Delivered: d("2025-04-30")}), "2020-01-01",
			"In warranty until 2026-04-30: 12 months from delivery on 2025-04-30 (register, invoice 1234)."},
		{"the register's own start stands in", Item{Manufacturer: "snom", Serial: "S1"}, sold(Sale{Serial: "S1", DeliveryNote: "L 9", Delivered: d("2024-01-31")}), "",
			"In warranty until 2027-01-31: 36 months from delivery on 2024-01-31 (register, delivery note L 9; the date of purchase, from which it counts, is not known)."},
		{"a row without a date", Item{Manufacturer: "snom", Serial: "S1"}, sold(Sale{Serial: "S1"}), "2025-01-01",
			"In warranty until 2028-01-01: 36 months from purchase on 2025-01-01 (as the customer says)."},
		{"a unit of another make", Item{Manufacturer: "snom", Serial: "S1"}, sold(Sale{Serial: "S1", Manufacturer: "yealink", Purchased: d("2024-01-31")}), "",
			"The warranty cannot be told: it runs 36 months from purchase, and that date is not known."},
		{"the serial's date", Item{Manufacturer: "snom", Serial: snom}, Records{}, "",
			"In warranty until 2028-11-18: 36 months from manufacture on 2025-11-18 (read from the serial number; the date of purchase, from which it counts, is not known)."},
		{"the serial's week", Item{Manufacturer: "apc", Serial: apc}, Records{}, "",
			"In warranty until 2027-11-02: 24 months from manufacture on 2025-11-02 (read from the serial number; the date of purchase, from which it counts, is not known)."},
		{"a serial in doubt has no date", Item{Manufacturer: "snom", Serial: snom, Doubt: Confusable}, Records{}, "",
			"The warranty cannot be told: it runs 36 months from purchase, and that date is not known."},
		{"a maker that does not count it", Item{Manufacturer: "cisco", Serial: "SAD29300D4W"}, Records{}, "",
			"The warranty cannot be told: it runs 12 months from delivery, and that date is not known."},
		{"excluded", Item{Manufacturer: "voismart", Model: "Fax software licence", Serial: "V1"}, sold(Sale{Serial: "V1", Delivered: d("2026-01-01")}), "",
			"Software, licences and supplementary material of third parties are not covered by the warranty."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cover(t, p, c.item, c.r, c.bought); got.Why != c.why || got.Weak != (c.item.Serial == snom || c.item.Serial == apc) && !got.Until.IsZero() {
				t.Errorf("%+v, want %s", got, c.why)
			}
		})
	}
}

// A unit that was given for another has the first one's term, through the whole
// chain; a circle in the register ends.
func TestReplacementChain(t *testing.T) {
	d := func(s string) time.Time { return date(t, s) }
	r := Records{Register: true, Sales: map[string]Sale{
		"A1": {Serial: "A-1", Invoice: "7", Delivered: d("2025-06-01"), ReplacedBy: "A2", Status: SaleReplaced},
		"A2": {Serial: "A2", Delivered: d("2025-09-01"), Replaces: "a1", ReplacedBy: "A3"},
		"A3": {Serial: "A3", Delivered: d("2026-02-01"), Replaces: "A2"},
		"C1": {Serial: "C1", Delivered: d("2025-05-05"), Replaces: "C2"},
		"C2": {Serial: "C2", Delivered: d("2025-06-06"), Replaces: "C1"},
		"L1": {Serial: "L1", Delivered: d("2025-08-08"), Replaces: "LOST"},
	}}
	for _, c := range []struct{ term, serial, want string }{
		{"rest", "A3", "In warranty until 2026-06-01: 12 months from delivery on 2025-06-01 (register, invoice 7, of unit A-1 that it was given for)."},
		{"longer", "A3", "In warranty until 2027-02-01: 12 months from delivery on 2026-02-01 (register)."},
		{"new", "A2", "In warranty until 2026-09-01: 12 months from delivery on 2025-09-01 (register)."},
		{"rest", "C1", "In warranty until 2026-06-06: 12 months from delivery on 2025-06-06 (register, of unit C2 that it was given for)."},
		{"rest", "L1", "In warranty until 2026-08-08: 12 months from delivery on 2025-08-08 (register)."},
	} {
		p := policy(t, "warranty: {replaced: "+c.term+"}")
		if got := cover(t, p, Item{Manufacturer: "voismart", Serial: c.serial}, r, ""); got.Why != c.want {
			t.Errorf("%s %s: %s", c.term, c.serial, got.Why)
		}
	}
}

func TestRepairedUnit(t *testing.T) {
	d := func(s string) time.Time { return date(t, s) }
	r := Records{Sales: map[string]Sale{"V1": {Serial: "V1", Delivered: d("2025-03-10")}}, Repaired: map[string]time.Time{"V1": d("2026-02-01")}}
	for days, want := range map[string]string{
		"0":  "In warranty until 2026-03-10: 12 months from delivery on 2025-03-10 (register); repaired on 2026-02-01, which leaves the rest of the term.",
		"90": "In warranty until 2026-05-02: 90 days from its repair on 2026-02-01.",
		"20": "In warranty until 2026-03-10: 12 months from delivery on 2025-03-10 (register); repaired on 2026-02-01, which leaves the rest of the term.",
	} {
		p := policy(t, "warranty: {after_repair_days: "+days+"}")
		if got := cover(t, p, Item{Manufacturer: "voismart", Serial: "V1"}, r, ""); got.Why != want {
			t.Errorf("%s days: %s", days, got.Why)
		}
	}
}

func TestSerialDateIsChecked(t *testing.T) {
	for date, want := range map[string]string{
		`{expr: '(', examples: {x: y}}`:                                              "the expression is wrong",
		`{expr: '(?P<yaer>\d\d)', examples: {'19': '2019-12-31'}}`:                   "did you mean year?",
		`{expr: '(?P<week>\d\d)', examples: {'19': x}}`:                              "no part of it is the year",
		`{expr: '(?P<year>\d\d)'}`:                                                   "no example",
		`{expr: '^(?P<year>\d\d)', examples: {'19': '2019-01-01'}}`:                  "gives 2019-12-31",
		`{expr: '^(?P<year>\d)', months: ABC, examples: {'1': '2001-12-31'}}`:        "twelve characters",
		`{expr: '^(?P<year>\d\d)(?P<week>\d\d)$', examples: {'1954': '2019-01-01'}}`: "gives no date",
	} {
		_, err := LoadPolicy("p", []byte(`manufacturers: [{id: fanvil, serials: [{expr: '\bFV\d+\b', examples: [FV1], date: `+date+`}]}]`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", date, err, want)
		}
	}
}

func TestWeeksOfASerial(t *testing.T) {
	for week, want := range map[string]string{"2026 1": "2026-01-04", "2026 53": "2027-01-03", "2021 1": "2021-01-10", "2024 52": "2024-12-29"} {
		year, n, _ := strings.Cut(week, " ")
		y, err := strconv.Atoi(year)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := lastDay(y, n, "", ""); !ok || got.Format(time.DateOnly) != want {
			t.Errorf("%s: %s, want %s", week, got, want)
		}
	}
	for _, day := range []string{"31", "00"} {
		if got, ok := lastDay(2025, "", "2", day); ok {
			t.Errorf("February %s is %s", day, got)
		}
	}
}
