package notify

import (
	"bytes"
	"fmt"
	"image/png"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"retour/rules"
	"retour/templates"
)

func brussels(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// midnight is the begin of a day in Brussels.
func midnight(t *testing.T, y int, m time.Month, d int) time.Time {
	t.Helper()
	return time.Date(y, m, d, 0, 0, 0, 0, brussels(t))
}

// quietFigures are of a day on which nothing happened.
func quietFigures(t *testing.T) rules.Figures {
	at := midnight(t, 2026, time.May, 20).Add(7 * time.Hour)
	return rules.Figures{Period: rules.Period{From: midnight(t, 2026, time.May, 19), To: midnight(t, 2026, time.May, 20)}, At: at, Zone: "Europe/Brussels",
		Flow:   rules.Flow{Open: map[rules.State]int{rules.InProcess: 9, rules.Validated: 3}},
		Before: rules.Flow{In: 2, Open: map[rules.State]int{rules.InProcess: 9, rules.Validated: 3}},
		Mails:  rules.MailFigures{LastRead: at.Add(-2 * time.Minute)}}
}

// smallFigures are of a quiet day with one late case.
func smallFigures(t *testing.T) rules.Figures {
	f := quietFigures(t)
	f.Flow.In, f.Flow.Units, f.Flow.Open[rules.New] = 2, 3, 2
	f.Flow.Closed = map[rules.Closing]int{rules.Success: 1}
	f.Late = []rules.OpenCase{{Number: "RMA-26-00123-7", State: rules.InCharge, Owner: rules.Person{ID: "U1", Name: "Ann Peeters"},
		Customer: rules.Party{Name: "Zoë Müller", Address: "zoe@shop.example"}, Since: f.At.Add(-4 * 24 * time.Hour), Due: f.At.Add(-30 * time.Hour),
		Waits: "The request is complete.", Items: 2, Makers: []string{"grandstream"}}}
	f.Reasons = []rules.Count{{Name: "defective", N: 2}}
	f.Makers = []rules.MakerFigures{{Manufacturer: "grandstream", In: 3, Past: 1, Open: 4, Oldest: midnight(t, 2026, time.March, 2)}}
	f.Mails.Seen, f.Mails.Fates = 5, map[string]int{"opened": 2, "updated": 2, "noted": 1}
	return f
}

// bigFigures are of a month of a large desk, with stories in it.
func bigFigures(t *testing.T) rules.Figures {
	from, to := midnight(t, 2026, time.May, 1), midnight(t, 2026, time.June, 1)
	at := to.Add(7 * time.Hour)
	f := rules.Figures{Period: rules.Period{From: from, To: to}, At: at, Zone: "Europe/Brussels",
		Flow: rules.Flow{In: 1412, Units: 2291, SplitOff: 12, Reopened: 3, Closed: map[rules.Closing]int{rules.Success: 902, rules.Referred: 180, rules.ClosedRefusedCommercial: 31, rules.NoAnswer: 44, rules.NotShipped: 12},
			Open: map[rules.State]int{rules.New: 31, rules.InfoNeeded: 122, rules.InCharge: 58, rules.Validated: 204, rules.Received: 66, rules.Quoted: 40, rules.InProcess: 388, rules.Uncollected: 17}},
		Before: rules.Flow{In: 1068, Units: 1700, Closed: map[rules.Closing]int{rules.Success: 870, rules.Referred: 150, rules.Merged: 2},
			Open: map[rules.State]int{rules.New: 22, rules.InfoNeeded: 110, rules.InCharge: 40, rules.Validated: 180, rules.Received: 50, rules.Quoted: 38, rules.InProcess: 210, rules.Uncollected: 15}},
		TakenOver:   rules.Clock{Promised: rules.Span{N: 12, Unit: rules.Hours}, Done: 1380, Kept: 1322, Median: 95 * time.Minute, Ninetieth: 7*time.Hour + 30*time.Minute},
		Ruled:       rules.Clock{Promised: rules.Span{N: 2, Unit: rules.WorkingDays}, Done: 1200, Kept: 890, Median: 11 * time.Hour, Ninetieth: 41 * time.Hour},
		Reasons:     []rules.Count{{Name: "defective", N: 1180}, {Name: "order_error", N: 140}, {Name: "delivery_error", N: 80}, {Name: "", N: 12}},
		ReasonsPast: []rules.Count{{Name: "defective", N: 860}, {Name: "order_error", N: 130}, {Name: "delivery_error", N: 78}},
		Money: rules.MoneyFigures{Quoted: 84, Accepted: 41, Declined: 12, Silent: 9, Warranty: 612,
			Sent: []rules.Money{{Cents: 1234550, Currency: "EUR"}, {Cents: 89000, Currency: "CHF"}}, Taken: []rules.Money{{Cents: 610020, Currency: "EUR"}},
			Credits: []rules.Money{{Cents: 2045000, Currency: "EUR"}}, Fees: []rules.Money{{Cents: 184050, Currency: "EUR"}}},
		Lemons: []rules.Lemon{{Manufacturer: "snom", Model: "D735", Times: 212, Usual: 41.5, Last: "RMA-26-04410-2"},
			{Manufacturer: "yealink", Model: "T54W", Serial: "3146019091625042", Times: 4, Last: "RMA-26-04388-1"}},
		Mails: rules.MailFigures{Seen: 6210, Held: 2, Unaccounted: 0, Undelivered: 1, Waiting: 3, LastRead: at.Add(-2 * time.Minute),
			Fates: map[string]int{"opened": 1412, "updated": 3980, "noted": 640, "hold": 2, "duplicate": 176}},
	}
	states := []rules.State{rules.InProcess, rules.InCharge, rules.New, rules.Received, rules.Uncollected}
	owners := []rules.Person{{ID: "U1", Name: "Ann Peeters"}, {}, {ID: "U2", Name: "Ben Jansen"}, {ID: "U3", Name: "Chiara De Santis"}}
	for i := range 37 {
		f.Late = append(f.Late, rules.OpenCase{Number: rules.Number(2026, 4100+7*i), State: states[i%len(states)], Owner: owners[i%len(owners)],
			Customer: rules.Party{Name: fmt.Sprintf("Büro & Söhne %d GmbH", i), Address: fmt.Sprintf("kunde%d@shop.example", i)},
			Since:    at.Add(-time.Duration(60-i) * 24 * time.Hour), Due: at.Add(-time.Duration(900-24*i) * time.Hour), Waits: "The repair.", Items: 1 + i%4, Makers: []string{"snom", "yealink", "grandstream"}[:1+i%3]})
	}
	f.Health = rules.Health{OldestWaiting: at.Add(-3 * time.Minute), LastSent: at.Add(-4 * time.Minute), Register: at.Add(-50 * time.Hour), Size: 812_400_000}
	f.Undelivered = f.Late[5:6]
	f.Storage = []rules.OpenCase{f.Late[4], f.Late[9]}
	f.Storage[1].Due = at.Add(50 * time.Hour)
	f.Makers, f.Models, f.TurnByMonth = bigMakers(t, at)
	f.OpenByDay, f.InByMaker = bigDays(t)
	return f
}

func bigMakers(t *testing.T, at time.Time) (makers []rules.MakerFigures, models []rules.ModelFigures, turns []rules.MakerTurn) {
	day := func(d float64) time.Duration { return time.Duration(d * 24 * float64(time.Hour)) }
	names := []string{"snom", "yealink", "grandstream", "ubiquiti", "gigaset", "fanvil", "patton", "mikrotik", "cisco"}
	for i, id := range names {
		in, usual := 520-55*i, 11+2*float64(i%4)
		median := usual
		if id == "yealink" {
			median = 27.5
		}
		makers = append(makers, rules.MakerFigures{Manufacturer: id, In: in, Past: in - 20 + 5*i, Open: in / 2, Oldest: at.Add(-day(float64(90 + i))), AtVendor: in / 8,
			Turn: rules.Turn{Done: in / 10, Median: day(median), Ninetieth: day(2 * median)}, TurnUsual: rules.Turn{Done: in, Median: day(usual)}, Ruled: in, Refused: in / 20, Tested: in / 3, NoFault: in / 24, Repeats: i})
		for month := time.December; month < time.December+6; month++ {
			m := day(usual + float64((int(month)+i)%3))
			if id == "yealink" && month == time.December+5 {
				m = day(median)
			}
			turns = append(turns, rules.MakerTurn{Month: midnight(t, 2025, month, 1), Manufacturer: id, Turn: rules.Turn{Done: in / 10, Median: m, Ninetieth: 2 * m}})
		}
	}
	makers[0].In, makers[0].Past = 704, 472
	for i, name := range []string{"D735", "T54W", "GXP2170", "U7 Pro", "N670", "X5U", "SN4140", "hAP ax3", "CP-8841", "D785", "T46U", "GRP2614"} {
		m := rules.ModelFigures{Manufacturer: names[i%len(names)], Model: name, In: 60 - 4*i, Past: 55 - 4*i, Open: 20, Usual: float64(50 - 3*i)}
		if name == "D735" {
			m.In, m.Past, m.Usual, m.Open = 212, 61, 41.5, 120
		}
		models = append(models, m)
	}
	return makers, models, turns
}

func bigDays(t *testing.T) (open, in []rules.DayCount) {
	for i := range 92 {
		day := midnight(t, 2026, time.March, 1+i)
		wave := func(base, amplitude, phase int) int {
			return base + amplitude*((i*7+phase)%11)/11
		}
		open = append(open, rules.DayCount{Day: day, Counts: map[string]int{
			"new": wave(20, 14, 1), "info_needed": wave(100, 24, 5), "in_charge": wave(38, 20, 3), "validated": wave(180, 30, 7),
			"received": wave(48, 18, 2), "quoted": wave(36, 6, 4), "in_process": wave(205, 12, 6) + max(0, i-62)*6, "uncollected": wave(13, 5, 8)}})
		in = append(in, rules.DayCount{Day: day, Counts: map[string]int{"snom": wave(15, 9, 2), "yealink": wave(12, 8, 1)}})
	}
	last := open[len(open)-1].Counts
	for s, n := range map[string]int{"new": 31, "info_needed": 122, "in_charge": 58, "validated": 204, "received": 66, "quoted": 40, "in_process": 388, "uncollected": 17} {
		last[s] = n
	}
	return open, in
}

func orderOf(t *testing.T, lang string, kind DigestKind, f rules.Figures) DigestOrder {
	return DigestOrder{List: "management", Kind: kind, Language: lang, Zone: brussels(t), Sheet: true, Key: "digest/management/" + string(kind), Now: f.At.Add(time.Minute), Read: f.At}
}

// digestOf writes one digest and addresses it.
func digestOf(t *testing.T, lang string, kind DigestKind, f rules.Figures) (Mail, bool) {
	t.Helper()
	d, err := testComposer(t).Digest(orderOf(t, lang, kind, f), f)
	if err != nil {
		t.Fatal(err)
	}
	return d.For(mail.Address{Name: "Eva Maes", Address: "eva@distri.example"}, "digest/management/2026-06-01/eva@distri.example"), d.News
}

// samplesOf are the digests that the golden files hold.
func digestSamples(t *testing.T) map[string]rules.Figures {
	return map[string]rules.Figures{"big": bigFigures(t), "small": smallFigures(t), "quiet": quietFigures(t)}
}

func TestDigestGolden(t *testing.T) {
	for name, f := range digestSamples(t) {
		kind := Daily
		if name == "big" {
			kind = Monthly
		}
		for _, lang := range templates.Languages() {
			m, _ := digestOf(t, lang, kind, f)
			goldenFile(t, filepath.Join("testdata", "digests", lang, name+".txt"), "Subject: "+m.Subject+"\n\n"+m.Text)
			goldenFile(t, filepath.Join("testdata", "digests", lang, name+".html"), m.HTML)
			shotPage(t, lang+"-"+name, m)
		}
	}
}

// shotPage keeps a page, its pictures and its spreadsheet where RETOUR_SHOTS names
// a folder, to be looked at.
func shotPage(t *testing.T, name string, m Mail) {
	dir := os.Getenv("RETOUR_SHOTS")
	if dir == "" {
		return
	}
	files := map[string][]byte{name + ".html": []byte(m.Page())}
	for _, a := range m.Attachments {
		files[name+"-"+a.Name] = a.Data
	}
	for file, data := range files {
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func goldenFile(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// evil is what somebody would call himself who wants to get out of his cell.
const evil = "=HYPERLINK(\"http://evil.example\")\r\nBcc: a@b.example\x1b[2J<script>alert(1)</script><!channel>\u202e\x00&amp;{{.Name}}"

// hostileFigures have evil in every place that is filled from outside.
func hostileFigures(t *testing.T) rules.Figures {
	f := smallFigures(t)
	c := &f.Late[0]
	c.Owner = rules.Person{ID: evil, Name: evil}
	c.Customer = rules.Party{Address: evil, Name: evil}
	c.Waits, c.Makers, c.State = evil, []string{evil}, rules.State(evil)
	for _, begin := range []string{"=", "+", "-", "@", "\t=", "\r="} {
		other := *c
		other.Customer.Name = begin + "1+1"
		f.Late = append(f.Late, other)
	}
	f.Undelivered, f.Storage = f.Late[:1], f.Late[:1]
	f.Makers[0].Manufacturer = evil
	f.Models = []rules.ModelFigures{{Manufacturer: evil, Model: evil, In: 3}}
	f.Lemons = []rules.Lemon{{Manufacturer: evil, Model: evil, Serial: evil, Times: 5, Last: evil}, {Model: evil, Times: 9}}
	f.Reasons = []rules.Count{{Name: evil, N: 2}}
	f.Mails.Fates[evil] = 3
	f.Money.Quoted, f.Money.Sent = 1, []rules.Money{{Cents: 100, Currency: evil}}
	f.OpenByDay = []rules.DayCount{{Day: f.Period.From, Counts: map[string]int{evil: 2, "new": 1}}, {Day: f.At, Counts: map[string]int{"new": 3}}}
	f.TurnByMonth = []rules.MakerTurn{{Month: f.Period.From, Manufacturer: evil, Turn: rules.Turn{Done: 1, Median: time.Hour}},
		{Month: f.At, Manufacturer: evil, Turn: rules.Turn{Done: 1, Median: time.Hour}}}
	return f
}

var anyTag = regexp.MustCompile(`<[a-zA-Z!/][^>]*>`)

func TestHostileNamesAreHarmless(t *testing.T) {
	for _, lang := range templates.Languages() {
		m, _ := digestOf(t, lang, Daily, hostileFigures(t))
		for name, text := range map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML} {
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || r == '\u202e' }); i >= 0 {
				t.Errorf("%s: a control character in the %s: %q", lang, name, text[max(0, i-20):i+5])
			}
		}
		for _, tag := range anyTag.FindAllString(m.HTML, -1) {
			if strings.Contains(tag, "script") || strings.Contains(tag, "channel") {
				t.Errorf("%s: a tag from outside: %s", lang, tag)
			}
		}
		if strings.Contains(m.Subject, "\n") || !strings.Contains(m.Text, "=HYPERLINK") {
			t.Errorf("%s: subject %q", lang, m.Subject)
		}
	}
}

// workbookOf reads the spreadsheet of a mail back.
func workbookOf(t *testing.T, m Mail) *excelize.File {
	t.Helper()
	for _, a := range m.Attachments {
		if a.MediaType == sheetType {
			f, err := excelize.OpenReader(bytes.NewReader(a.Data))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Close() })
			return f
		}
	}
	t.Fatal("the digest has no spreadsheet")
	return nil
}

func TestSpreadsheetHasNoFormulas(t *testing.T) {
	m, _ := digestOf(t, "en", Daily, hostileFigures(t))
	f := workbookOf(t, m)
	texts := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				formula, err := f.GetCellFormula(sheet, cell)
				if err != nil || formula != "" {
					t.Errorf("%s!%s is a formula: %q %v", sheet, cell, formula, err)
				}
				kind, err := f.GetCellType(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				if strings.ContainsAny(text[:min(1, len(text))], "=+-@") {
					texts++
					if kind != excelize.CellTypeSharedString && kind != excelize.CellTypeInlineString {
						t.Errorf("%s!%s holds %q as %v", sheet, cell, text, kind)
					}
				}
			}
		}
	}
	if texts < 6 {
		t.Errorf("only %d cells begin with a sign: the test looks at nothing", texts)
	}
}

func TestSpreadsheetIsTyped(t *testing.T) {
	m, _ := digestOf(t, "de", Monthly, bigFigures(t))
	f := workbookOf(t, m)
	want := []string{"Überfällig", "Nicht zugestellt", "Lagerfristen", "Ein- und Ausgang", "Zusagen", "Hersteller", "Modelle", "Gründe", "Geld",
		"Wiederkehrer", "E-Mails", "Offen je Tag", "Geräte je Tag", "Durchlauf"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	for _, sheet := range f.GetSheetList() {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v %v", sheet, panes, err)
		}
	}
	rows, err := f.GetRows("Überfällig")
	if err != nil || len(rows) != 38 {
		t.Fatalf("%d rows, %v: want all 37 late cases", len(rows), err)
	}
	due, err := f.GetCellValue("Überfällig", "H2", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	serial, err := strconv.ParseFloat(due, 64)
	if err != nil {
		t.Fatalf("the due date is %q: %v", due, err)
	}
	at, err := excelize.ExcelDateToTime(serial, false)
	if want := bigFigures(t).Late[0].Due.In(brussels(t)); err != nil || at.Format(time.DateTime) != want.Format(time.DateTime) {
		t.Errorf("the due date is %s, want %s (%v)", at, want, err)
	}
	if kind, err := f.GetCellType("Hersteller", "B2"); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("a number is stored as %v, %v", kind, err)
	}
	if v, err := f.GetCellValue("Geld", "C2", excelize.Options{RawCellValue: true}); err != nil || v != "12345.5" {
		t.Errorf("the amount is %q, %v", v, err)
	}
}

// A mail over 102 KB of HTML is cut off by Gmail.
func TestDigestIsSmall(t *testing.T) {
	for _, lang := range templates.Languages() {
		m, _ := digestOf(t, lang, Monthly, bigFigures(t))
		rest := len(m.Text) + len(m.HTML)
		for _, a := range m.Attachments {
			if a.ContentID != "" {
				rest += len(a.Data) * 4 / 3
			}
		}
		if len(m.HTML) > 100_000 || rest > 190_000 {
			t.Errorf("%s: %d bytes of HTML, %d without the spreadsheet", lang, len(m.HTML), rest)
		}
	}
}

func TestDigestIsTheSameEveryTime(t *testing.T) {
	one, _ := digestOf(t, "fr", Monthly, bigFigures(t))
	two, _ := digestOf(t, "fr", Monthly, bigFigures(t))
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("two digests of the same figures differ:\n%.2000s", diff)
	}
}

func TestPicturesStandInTheDigest(t *testing.T) {
	m, _ := digestOf(t, "en", Monthly, bigFigures(t))
	pictures := 0
	for _, a := range m.Attachments {
		if a.ContentID == "" {
			continue
		}
		pictures++
		if strings.Count(m.HTML, `src="cid:`+a.ContentID+`"`) != 1 {
			t.Errorf("%s is not shown once", a.Name)
		}
		got, err := png.DecodeConfig(bytes.NewReader(a.Data))
		if err != nil || got.Width != chartWidth*density {
			t.Errorf("%s: %+v, %v", a.Name, got, err)
		}
	}
	alts := regexp.MustCompile(`<img [^>]*alt="([^"]*)"`).FindAllStringSubmatch(m.HTML, -1)
	if pictures != 3 || len(alts) != 3 {
		t.Fatalf("%d pictures, %d alternatives", pictures, len(alts))
	}
	for i, want := range []string{"in process 388", "Snom 704 (472)", "27.5"} {
		if !strings.Contains(alts[i][1], want) {
			t.Errorf("the alternative does not tell %q: %s", want, alts[i][1])
		}
	}
}

func TestVerdict(t *testing.T) {
	tests := []struct {
		name    string
		change  func(f *rules.Figures, o *DigestOrder)
		verdict string
		grade   string
	}{
		{"all is well", func(*rules.Figures, *DigestOrder) {},
			"No case is late, no answer came back, the mailbox was read 2 minutes ago, 0 mails unaccounted.", "good"},
		{"late", func(f *rules.Figures, _ *DigestOrder) { f.Late = make([]rules.OpenCase, 3); f.Undelivered = f.Late[:1] },
			"3 cases are late, 1 answer could not be delivered, the mailbox was read 2 minutes ago, 0 mails unaccounted.", "bad"},
		{"unaccounted", func(f *rules.Figures, _ *DigestOrder) { f.Mails.Unaccounted = 1 },
			"No case is late, no answer came back, the mailbox was read 2 minutes ago, 1 mail unaccounted.", "bad"},
		{"held", func(f *rules.Figures, _ *DigestOrder) { f.Mails.Held = 2 },
			"No case is late, no answer came back, 2 mails wait for a person, the mailbox was read 2 minutes ago, 0 mails unaccounted.", "watch"},
		{"deaf", func(f *rules.Figures, o *DigestOrder) { o.Read = o.Now.Add(-3 * time.Hour) },
			"No case is late, no answer came back, the mailbox was read 3 hours ago, 0 mails unaccounted.", "bad"},
		{"by hand, where only the last mail is known", func(f *rules.Figures, o *DigestOrder) {
			o.Read, f.Mails.LastRead = time.Time{}, o.Now.Add(-3*24*time.Hour)
		}, "No case is late, no answer came back, the last mail came 3 days ago, 0 mails unaccounted.", "good"},
		{"of a period long past", func(f *rules.Figures, o *DigestOrder) { o.Now = o.Now.AddDate(0, 2, 0) },
			"No case is late, no answer came back, 0 mails unaccounted.", "good"},
		{"a mail is stuck", func(f *rules.Figures, o *DigestOrder) { f.Health.OldestWaiting = o.Now.Add(-5 * time.Hour) },
			"No case is late, no answer came back, the mailbox was read 2 minutes ago, 0 mails unaccounted.", "watch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := quietFigures(t)
			f.Flow.In = 4
			o := orderOf(t, "en", Daily, f)
			o.Read = o.Now.Add(-2 * time.Minute)
			tt.change(&f, &o)
			w := testComposer(t).digester(o, f)
			page, news := w.page()
			if page.Verdict != tt.verdict || page.Grade != tt.grade || !news || len(w.faults) > 0 {
				t.Errorf("got  %s (%s, news %v, %v)\nwant %s (%s)", page.Verdict, page.Grade, news, w.faults, tt.verdict, tt.grade)
			}
		})
	}
}
