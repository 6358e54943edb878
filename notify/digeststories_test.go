package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"retour/rules"
)

// aWeek is an ordinary week in which nothing stands out.
func aWeek(t *testing.T) rules.Figures {
	from, to := midnight(t, 2026, time.May, 11), midnight(t, 2026, time.May, 18)
	day := 24 * time.Hour
	f := rules.Figures{Period: rules.Period{From: from, To: to}, At: to, Zone: "Europe/Brussels",
		Flow:      rules.Flow{In: 210, Units: 300, Open: map[rules.State]int{rules.New: 12, rules.InProcess: 90}},
		Before:    rules.Flow{In: 205, Units: 310},
		TakenOver: rules.Clock{Done: 200, Kept: 190}, Ruled: rules.Clock{Done: 180, Kept: 160},
		Makers: []rules.MakerFigures{{Manufacturer: "snom", In: 80, Past: 75, Tested: 40, NoFault: 4,
			Turn: rules.Turn{Done: 30, Median: 12 * day}, TurnUsual: rules.Turn{Done: 900, Median: 11 * day}}},
		Models:  []rules.ModelFigures{{Manufacturer: "snom", Model: "D735", In: 30, Usual: 28}},
		Reasons: []rules.Count{{Name: "defective", N: 150}}, ReasonsPast: []rules.Count{{Name: "defective", N: 148}},
		Money: rules.MoneyFigures{Quoted: 9, Accepted: 6, Declined: 2, Silent: 1}}
	for i := range 30 {
		f.OpenByDay = append(f.OpenByDay, rules.DayCount{Day: to.AddDate(0, 0, i-30), Counts: map[string]int{"new": 11, "in_process": 88}})
	}
	return f
}

func TestStories(t *testing.T) {
	day := 24 * time.Hour
	tests := []struct {
		name   string
		change func(f *rules.Figures)
		want   []string // what each sentence holds, in this order
	}{
		{"an ordinary week", func(*rules.Figures) {}, nil},
		{"a model comes back", func(f *rules.Figures) {
			f.Lemons = []rules.Lemon{{Manufacturer: "snom", Model: "D735", Times: 40, Usual: 8.5}}
		}, []string{"Snom D735: named in 40 defective cases; usual in such a period: 8.5."}},
		{"a model, but hardly more than usual", func(f *rules.Figures) {
			f.Lemons = []rules.Lemon{{Manufacturer: "snom", Model: "D735", Times: 400, Usual: 300}}
		}, nil},
		{"a manufacturer is slow", func(f *rules.Figures) { f.Makers[0].Turn.Median = 19 * day }, []string{"Snom: units now take 19 days"}},
		{"slow, but of two units", func(f *rules.Figures) { f.Makers[0].Turn = rules.Turn{Done: 2, Median: 40 * day} }, nil},
		{"half as long again, and a day", func(f *rules.Figures) {
			f.Makers[0].Turn.Median, f.Makers[0].TurnUsual.Median = 3*day, 2*day
		}, nil},
		{"a state piles up", func(f *rules.Figures) { f.Flow.Open[rules.New] = 44 }, []string{"New: 44 cases stand here; on average before: 11."}},
		{"a state that is small", func(f *rules.Figures) { f.Flow.Open[rules.Quoted] = 9 }, nil},
		{"more cases", func(f *rules.Figures) { f.Flow.In = 300 }, []string{"More cases: 300 came in, 46% more than in the period before (205)."}},
		{"fewer cases", func(f *rules.Figures) { f.Flow.In = 90 }, []string{"Fewer cases: 90 came in, 56% fewer"}},
		{"as many, but the period before is not known", func(f *rules.Figures) { f.Before = rules.Flow{} }, nil},
		{"a manufacturer has more", func(f *rules.Figures) { f.Makers[0].In = 190 }, []string{"Snom: 190 units came back; 75 in the period before."}},
		{"and one model explains it", func(f *rules.Figures) {
			f.Makers[0].In, f.Models[0].In = 190, 140
		}, nil},
		{"a reason", func(f *rules.Figures) {
			f.Reasons = append(f.Reasons, rules.Count{Name: "order_error", N: 24})
		}, []string{"Order error: given in 24 cases; 0 in the period before."}},
		{"a promise", func(f *rules.Figures) { f.Ruled.Kept = 90 }, []string{"Decided: only 90 of 180 in time (50%)."}},
		{"no fault", func(f *rules.Figures) { f.Makers[0].NoFault = 22 }, []string{"Snom: 22 of 40 tested units had no fault."}},
		{"a unit", func(f *rules.Figures) {
			f.Lemons = []rules.Lemon{{Manufacturer: "snom", Model: "D735", Serial: "0004AB", Times: 4}, {Manufacturer: "snom", Serial: "0004AC", Times: 2}}
		}, []string{"Snom D735: serial no. 0004AB has been in 4 cases by now."}},
		{"quotes", func(f *rules.Figures) { f.Money.Silent = 12 }, []string{"Quotes: 12 of 20 were never answered."}},
		{"many of a kind", func(f *rules.Figures) {
			for i := range 5 {
				f.Lemons = append(f.Lemons, rules.Lemon{Manufacturer: "snom", Model: fmt.Sprintf("D%d", 100+i), Times: 40 + i, Usual: 5})
			}
			f.Flow.Open[rules.New], f.Flow.In, f.Makers[0].Turn.Median = 44, 320, 19*day
		}, []string{"Snom D104", "Snom D103", "New: 44", "Snom: units now take"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := aWeek(t)
			tt.change(&f)
			w := testComposer(t).digester(orderOf(t, "en", Weekly, f), f)
			var got []string
			for _, s := range w.stories() {
				got = append(got, s.Lead+": "+s.Text)
			}
			if len(w.faults) > 0 {
				t.Fatal(w.faults)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got  %q\nwant %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("sentence %d is %q, want %q", i+1, got[i], want)
				}
			}
		})
	}
}
