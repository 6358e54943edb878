package casebook

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"retour/rules"
)

// foundCase is the i-th of a casebook full of cases.
func foundCase(i int) rules.Case {
	x := uint64(i+1) * 0x9E3779B97F4A7C15
	makers, models := []string{"yealink", "snom", "grandstream", "mikrotik"}, []string{"T46U", "D785", "GXP2170", "RB4011"}
	names := []string{"Zoë Müller", "Jérôme Dupont", "Jan de Boer", "Ugo Rossi"}
	p := rules.Party{Address: fmt.Sprintf("buyer%d@shop%d.example", i, i%5000), Name: fmt.Sprintf("%s %d", names[i%4], i), Trust: rules.Known}
	c := rules.Case{Number: rules.Number(2026, i+1), State: rules.Closed, Closing: rules.Success, Customer: p, Parties: []rules.Party{p}, Language: "fr",
		Fault: "The display stays dark after the update.", References: rules.References{Order: []string{fmt.Sprintf("SO-%07d", i)}},
		Items: []rules.Item{{Position: 1, Manufacturer: makers[i%4], Model: models[i%4], Serial: fmt.Sprintf("20%013X", x>>12), MAC: fmt.Sprintf("000B82%06X", i)}}}
	if i%50 == 0 {
		c.State, c.Closing, c.Deadline, c.Owner = rules.New, "", noon.Add(time.Duration(i)*time.Second), rules.Person{ID: fmt.Sprint("U", i%1000)}
	}
	return c
}

func fillCases(tb testing.TB, b *Book, n int) {
	for at := 0; at < n; at += 1000 {
		write(tb, b, noon, func(ctx context.Context, tx *Tx) error {
			for i := at; i < min(n, at+1000); i++ {
				c := foundCase(i)
				if err := tx.Insert(ctx, &c); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// queries by which the i-th case is looked for, and what it is found by.
func wanted(i int) map[string]FoundBy {
	c := foundCase(i)
	n, mac := c.Number, c.Items[0].MAC
	return map[string]FoundBy{
		n: ByNumber, n[:12]: ByNumber, " " + strings.ToLower(strings.ReplaceAll(n, "-", " ")): ByNumber, n[4:12]: ByNumber,
		strings.ToLower(c.Items[0].Serial): ByUnit, strings.ToLower(mac[:2] + ":" + mac[2:4] + ":" + mac[4:6] + ":" + mac[6:8] + ":" + mac[8:10] + ":" + mac[10:]): ByUnit,
		c.References.Order[0]: ByReference, "so " + c.References.Order[0][3:]: ByReference,
		strings.ToUpper(c.Customer.Address):           ByCustomer,
		strings.Replace(c.Customer.Name, "ü", "u", 1): ByWords, c.Items[0].Serial[5:]: ByWords,
		c.Items[0].Model + " buyer" + fmt.Sprint(i) + "@": ByWords,
	}
}

func TestFind(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	fillCases(t, b, 300)
	for i := range 300 {
		if i%7 != 0 {
			continue
		}
		for typed, want := range wanted(i) {
			cases, by, _, err := b.Find(ctx, typed, 2026, 0, 1000)
			if err != nil || by != want || !slices.ContainsFunc(cases, func(c rules.Case) bool { return c.Number == foundCase(i).Number }) {
				t.Errorf("case %d by %q: found %v by %q (%v), want by %q", i, typed, numbersOf(cases), by, err, want)
			}
		}
	}
	for _, nothing := range []string{"", " ", "nobody knows", "%", `"`, `\`, "RMA-26-99999", "@", ".", "x AND y OR", "shop1.exampl",
		`abc"def`, `"abc"`, `zzz" OR "c`, `text:abc*`, `NEAR(abc def)`, `-abc ^def`, `___`, `%%%`, `abc' OR 1=1 --`} {
		if cases, _, _, err := b.Find(ctx, nothing, 2026, 0, 1000); err != nil || len(cases) == 300 {
			t.Errorf("%q: %d cases, %v", nothing, len(cases), err)
		}
	}
}

func TestFindPages(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	fillCases(t, b, 45)
	for _, typed := range []string{"snom", "mül"} {
		var got []string
		for offset := 0; ; offset += 5 {
			cases, _, more, err := b.Find(ctx, typed, 2026, offset, 5)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, numbersOf(cases)...)
			if !more {
				break
			}
		}
		all, _, _, err := b.Find(ctx, typed, 2026, 0, 100)
		if err != nil || len(all) < 10 || !slices.Equal(got, numbersOf(all)) {
			t.Errorf("%s: pages %v, in one %v, %v", typed, got, numbersOf(all), err)
		}
	}
	if cases, by, more, err := b.Find(ctx, "shop3.example", 2026, 0, 5); err != nil || len(cases) != 1 || by != ByCustomer || more {
		t.Errorf("a domain: %v %s %v %v", numbersOf(cases), by, more, err)
	}
}

// What is looked for is the case as it is now.
func TestFindAfterSave(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	c := foundCase(1)
	c = openCase(t, b, c)
	c.Items[0].Serial, c.Items[0].ReplacedBy = "NEWSERIAL1", "OTHERUNIT9"
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Save(ctx, &c) })
	for typed, want := range map[string]int{foundCase(1).Items[0].Serial: 0, "newserial1": 1, "otherunit9": 1, foundCase(1).Items[0].Serial[4:]: 0} {
		if cases, _, _, err := b.Find(ctx, typed, 2026, 0, 5); err != nil || len(cases) != want {
			t.Errorf("%q: %d cases, want %d (%v)", typed, len(cases), want, err)
		}
	}
}

func TestQueueLateAndMine(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	open := func(number string, s rules.State, owner string, in time.Duration, change func(*rules.Case)) {
		c := rules.Case{Number: number, State: s, Owner: rules.Person{ID: owner}, Deadline: noon.Add(in)}
		if change != nil {
			change(&c)
		}
		openCase(t, b, c)
	}
	open("new", rules.New, "", 3*time.Hour, nil)
	open("hers", rules.InCharge, "U2", time.Hour, nil)
	open("mine", rules.InCharge, "U1", 2*time.Hour, nil)
	open("asked", rules.InfoNeeded, "U1", time.Minute, nil)
	open("undelivered", rules.Validated, "", 4*time.Hour, func(c *rules.Case) { c.Undelivered = "no such mailbox" })
	open("never", rules.New, "", 0, func(c *rules.Case) { c.Deadline = time.Time{} })
	open("late", rules.Received, "", 9*time.Hour, func(c *rules.Case) { c.Late = true })
	open("overdue", rules.New, "", -time.Hour, nil)
	open("closed", rules.Closed, "U1", -time.Hour, nil)
	for _, c := range []struct {
		name  string
		cases func() ([]rules.Case, int, error)
		total int
		want  []string
	}{
		{"queue", func() ([]rules.Case, int, error) { return b.Queue(ctx, "U1", 10) }, 6, []string{"overdue", "hers", "new", "undelivered", "late", "never"}},
		{"queue, cut", func() ([]rules.Case, int, error) { return b.Queue(ctx, "", 2) }, 7, []string{"overdue", "hers"}},
		{"mine", func() ([]rules.Case, int, error) { return b.OwnedBy(ctx, "U1", 0, 10) }, 2, []string{"asked", "mine"}},
		{"nobody's", func() ([]rules.Case, int, error) { return b.OwnedBy(ctx, "U9", 0, 10) }, 0, []string{}},
		{"late", func() ([]rules.Case, int, error) { return b.Late(ctx, noon, 0, 10) }, 2, []string{"overdue", "late"}},
		{"late, the second", func() ([]rules.Case, int, error) { return b.Late(ctx, noon, 1, 10) }, 2, []string{"late"}},
	} {
		got, total, err := c.cases()
		if err != nil || total != c.total || !slices.Equal(numbersOf(got), c.want) {
			t.Errorf("%s: %v of %d (%v), want %v of %d", c.name, numbersOf(got), total, err, c.want, c.total)
		}
	}
}

// BenchmarkFind looks for cases by each key among 100,000.
func BenchmarkFind(b *testing.B) {
	const n = 100_000
	book, ctx := newBook(b), b.Context()
	start := time.Now()
	fillCases(b, book, n)
	b.Logf("%d cases stored in %s", n, time.Since(start).Round(time.Millisecond))
	r := rand.New(rand.NewPCG(1, 2))
	for name, typed := range map[string]func(c rules.Case) string{
		"number": func(c rules.Case) string { return c.Number }, "number without check": func(c rules.Case) string { return c.Number[:12] },
		"serial": func(c rules.Case) string { return c.Items[0].Serial }, "MAC": func(c rules.Case) string { return c.Items[0].MAC },
		"order": func(c rules.Case) string { return c.References.Order[0] }, "address": func(c rules.Case) string { return c.Customer.Address },
		"domain": func(c rules.Case) string { return c.Customer.Address[strings.Index(c.Customer.Address, "@")+1:] },
		"name":   func(c rules.Case) string { return c.Customer.Name }, "part of a serial": func(c rules.Case) string { return c.Items[0].Serial[6:] },
		"model (a quarter of all)": func(c rules.Case) string { return c.Items[0].Model }, "nothing": func(rules.Case) string { return "qqqzzz" },
		"word of all": func(rules.Case) string { return "display" }, "two letters": func(rules.Case) string { return "zo" },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, _, err := book.Find(ctx, typed(foundCase(r.IntN(n))), 2026, 0, 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for name, ask := range map[string]func() error{
		"queue": func() error { _, _, err := book.Queue(ctx, "U1", 15); return err },
		"mine":  func() error { _, _, err := book.OwnedBy(ctx, "U0", 0, 10); return err },
		"late":  func() error { _, _, err := book.Late(ctx, noon.Add(24*time.Hour), 0, 10); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
