package notify

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"retour/rules"
)

// sheetType is that of a workbook (ISO/IEC 29500).
const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// sheet makes the spreadsheet of the rows that a digest is made of: a sheet for
// each table, numbers and dates as such. A text is never a formula, whatever it
// begins with.
func (w *digester) sheet() (Attachment, error) {
	b, err := newWorkbook()
	if err != nil {
		return Attachment{}, err
	}
	defer b.file.Close() // nothing of it is on disk
	for _, t := range w.sheets() {
		if len(t.rows) > 0 {
			if err := b.add(t); err != nil {
				return Attachment{}, fmt.Errorf("sheet %s: %w", t.name, err)
			}
		}
	}
	data, err := b.bytes(w.order.Now)
	if err != nil {
		return Attachment{}, err
	}
	last := w.f.Period.To.Add(-time.Nanosecond).In(w.zone)
	name := fmt.Sprintf("%s-%s-%s.xlsx", w.word("sheet.file"), w.order.Kind, last.Format(time.DateOnly))
	return Attachment{Name: name, MediaType: sheetType, Data: data}, nil
}

// sheetTable is a table of the workbook. Its cells are string, int, float64,
// moment, date or amount; nil is an empty one.
type sheetTable struct {
	name string
	head []string
	rows [][]any
}

type (
	moment time.Time // a day with its hour
	date   time.Time // a day
	amount int64     // cents
)

// columns are the words of a header.
func (w *digester) columns(keys ...string) (head []string) {
	for _, key := range keys {
		if w.set.Says(w.lang, "sheet."+key) {
			key = "sheet." + key
		} else {
			key = "col." + key
		}
		head = append(head, w.word(key))
	}
	return head
}

func (w *digester) sheets() []sheetTable {
	return []sheetTable{
		w.caseSheet("late", w.f.Late), w.caseSheet("undelivered", w.f.Undelivered), w.caseSheet("storage", w.f.Storage),
		w.flowSheet(), w.clockSheet(), w.makerSheet(), w.modelSheet(), w.reasonSheet(), w.moneySheet(), w.lemonSheet(), w.mailSheet(),
		w.daySheet("open", w.f.OpenByDay, func(id string) string { return w.name("state", id) }),
		w.daySheet("in", w.f.InByMaker, w.maker), w.turnSheet(),
	}
}

func (w *digester) sheetNamed(key string, columns ...string) sheetTable {
	return sheetTable{name: w.word("sheet." + key), head: w.columns(columns...)}
}

// at is a moment in the digest's zone; an unknown one is an empty cell.
func (w *digester) at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return moment(t.In(w.zone))
}

func (w *digester) on(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return date(t.In(w.zone))
}

func (w *digester) caseSheet(key string, cases []rules.OpenCase) sheetTable {
	t := w.sheetNamed(key, "case", "state", "owner", "customer", "address", "opened", "since", "due", "reason", "waits", "units", "makers")
	for _, c := range cases {
		var makers []string
		for _, id := range c.Makers {
			makers = append(makers, w.maker(id))
		}
		owner := c.Owner.Name
		if owner == "" {
			owner = c.Owner.ID
		}
		t.rows = append(t.rows, []any{c.Number, w.name("state", string(c.State)), owner, c.Customer.Name, c.Customer.Address,
			w.at(c.OpenedAt), w.at(c.Since), w.at(c.Due), w.reason(string(c.Reason)), c.Waits, c.Items, strings.Join(makers, ", ")})
	}
	return t
}

func (w *digester) flowSheet() sheetTable {
	now, before := w.f.Flow, w.f.Before
	t := w.sheetNamed("flow", "figure", "now", "before")
	add := func(name string, now, before int) { t.rows = append(t.rows, []any{name, now, before}) }
	add(w.word("flow.in"), now.In, before.In)
	add(w.word("flow.units"), now.Units, before.Units)
	add(w.word("flow.closed"), total(now.Closed), total(before.Closed))
	for _, k := range unionOf(now.Closed, before.Closed) {
		add(w.word("flow.closed")+": "+w.name("closing", string(k)), now.Closed[k], before.Closed[k])
	}
	add(w.word("flow.split"), now.SplitOff, before.SplitOff)
	add(w.word("flow.reopened"), now.Reopened, before.Reopened)
	add(w.word("flow.open"), total(now.Open), total(before.Open))
	for _, s := range rules.States() {
		if s != rules.Closed {
			add(w.word("flow.open")+": "+w.name("state", string(s)), now.Open[s], before.Open[s])
		}
	}
	return t
}

// unionOf are the keys of both, in order.
func unionOf[K ~string](a, b map[K]int) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (w *digester) clockSheet() sheetTable {
	t := w.sheetNamed("clocks", "figure", "promised", "done", "intime", "median_h", "ninetieth_h")
	add := func(key string, k rules.Clock) {
		t.rows = append(t.rows, []any{w.word("clock." + key), w.promise(k.Promised), k.Done, k.Kept, k.Median.Hours(), k.Ninetieth.Hours()})
	}
	add("taken", w.f.TakenOver)
	add("ruled", w.f.Ruled)
	return t
}

func (w *digester) makerSheet() sheetTable {
	t := w.sheetNamed("makers", "maker", "in", "before", "open", "oldest", "away", "returned", "median_d", "ninetieth_d",
		"ruled", "refused", "tested", "nofault", "repeats")
	for _, m := range w.f.Makers {
		t.rows = append(t.rows, []any{w.maker(m.Manufacturer), m.In, m.Past, m.Open, w.on(m.Oldest), m.AtVendor, m.Turn.Done,
			inDays(m.Turn, m.Turn.Median), inDays(m.Turn, m.Turn.Ninetieth), m.Ruled, m.Refused, m.Tested, m.NoFault, m.Repeats})
	}
	return t
}

// inDays is a turn-round in days; an empty cell where nothing came back.
func inDays(t rules.Turn, d time.Duration) any {
	if t.Done == 0 {
		return nil
	}
	return d.Hours() / 24
}

func (w *digester) modelSheet() sheetTable {
	t := w.sheetNamed("models", "maker", "model", "in", "before", "usual", "open")
	for _, m := range w.f.Models {
		t.rows = append(t.rows, []any{w.maker(m.Manufacturer), m.Model, m.In, m.Past, m.Usual, m.Open})
	}
	return t
}

func (w *digester) reasonSheet() sheetTable {
	t := w.sheetNamed("reasons", "reason", "now", "before")
	past := map[string]int{}
	for _, c := range w.f.ReasonsPast {
		past[c.Name] = c.N
	}
	for _, c := range w.f.Reasons {
		t.rows = append(t.rows, []any{w.reason(c.Name), c.N, past[c.Name]})
	}
	return t
}

func (w *digester) moneySheet() sheetTable {
	m := w.f.Money
	t := w.sheetNamed("money", "figure", "number", "amount", "currency")
	add := func(key string, n any, amounts []rules.Money) {
		name := w.word("money." + key)
		if len(amounts) == 0 {
			t.rows = append(t.rows, []any{name, n, nil, nil})
		}
		for _, a := range amounts {
			t.rows = append(t.rows, []any{name, n, amount(a.Cents), a.Currency})
			n = nil // counted once
		}
	}
	add("quoted", m.Quoted, m.Sent)
	add("accepted", m.Accepted, m.Taken)
	add("declined", m.Declined, nil)
	add("silent", m.Silent, nil)
	add("credits", nil, m.Credits)
	add("fees", nil, m.Fees)
	add("warranty", m.Warranty, nil)
	return t
}

func (w *digester) lemonSheet() sheetTable {
	t := w.sheetNamed("lemons", "maker", "model", "serial", "times", "usual", "last")
	for _, l := range w.f.Lemons {
		var usual any
		if l.Serial == "" {
			usual = l.Usual
		}
		t.rows = append(t.rows, []any{w.maker(l.Manufacturer), l.Model, l.Serial, l.Times, usual, l.Last})
	}
	return t
}

func (w *digester) mailSheet() sheetTable {
	m := w.f.Mails
	t := w.sheetNamed("mails", "figure", "number")
	add := func(name string, n int) { t.rows = append(t.rows, []any{name, n}) }
	add(w.word("mails.seen"), m.Seen)
	for _, fate := range unionOf(m.Fates, nil) {
		if fate != "" {
			add(w.word("sheet.fate")+": "+w.name("fate", fate), m.Fates[fate])
		}
	}
	add(w.word("mails.unaccounted"), m.Unaccounted)
	add(w.word("mails.held"), m.Held)
	add(w.word("mails.undelivered"), m.Undelivered)
	add(w.word("mails.waiting"), m.Waiting)
	return t
}

// daySheet has a column for each name.
func (w *digester) daySheet(key string, days []rules.DayCount, name func(string) string) sheetTable {
	t := w.sheetNamed(key, "day")
	all := map[string]int{}
	for _, d := range days {
		for k := range d.Counts {
			all[k] = 1
		}
	}
	names := unionOf(all, nil)
	for _, k := range names {
		t.head = append(t.head, name(k))
	}
	for _, d := range days {
		row := []any{w.on(d.Day)}
		for _, k := range names {
			row = append(row, d.Counts[k])
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func (w *digester) turnSheet() sheetTable {
	t := w.sheetNamed("turn", "month", "maker", "returned", "median_d", "ninetieth_d")
	for _, m := range w.f.TurnByMonth {
		t.rows = append(t.rows, []any{w.on(m.Month), w.maker(m.Manufacturer), m.Done, inDays(m.Turn, m.Median), inDays(m.Turn, m.Ninetieth)})
	}
	return t
}

// workbook is a spreadsheet that is being written.
type workbook struct {
	file                          *excelize.File
	head, day, hour, cents, tenth int // styles
}

func newWorkbook() (*workbook, error) {
	b := &workbook{file: excelize.NewFile()}
	// The numbers are those of the formats that every program shows in its reader's
	// national form: ISO/IEC 29500-1, 18.8.30.
	for _, s := range []struct {
		to    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7ECF0"}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&b.day, excelize.Style{NumFmt: 14}}, {&b.hour, excelize.Style{NumFmt: 22}}, {&b.cents, excelize.Style{NumFmt: 4}},
		{&b.tenth, excelize.Style{CustomNumFmt: new("0.0")}},
	} {
		id, err := b.file.NewStyle(&s.style)
		if err != nil {
			return nil, fmt.Errorf("style of the spreadsheet: %w", err)
		}
		*s.to = id
	}
	return b, nil
}

// add writes a table on a sheet of its own: header frozen, with filters.
func (b *workbook) add(t sheetTable) error {
	if _, err := b.file.NewSheet(t.name); err != nil {
		return err
	}
	widths := make([]int, len(t.head))
	for i, text := range t.head {
		if err := b.put(t.name, i+1, 1, text, widths); err != nil {
			return err
		}
	}
	for r, row := range t.rows {
		for i, v := range row {
			if err := b.put(t.name, i+1, r+2, v, widths); err != nil {
				return err
			}
		}
	}
	return b.dress(t, widths)
}

// dress freezes and colours the header, and sizes the columns.
func (b *workbook) dress(t sheetTable, widths []int) error {
	for i, n := range widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.file.SetColWidth(t.name, name, name, float64(min(max(n, 8), 48)+2)); err != nil {
			return err
		}
	}
	first, _ := excelize.CoordinatesToCellName(1, 1) // always valid
	end, err := excelize.CoordinatesToCellName(len(t.head), 1)
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(t.head), len(t.rows)+1)
	if err != nil {
		return err
	}
	if err := b.file.SetCellStyle(t.name, first, end, b.head); err != nil {
		return err
	}
	if err := b.file.AutoFilter(t.name, first+":"+last, nil); err != nil {
		return err
	}
	return b.file.SetPanes(t.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// put writes a cell by its kind, and notes how wide it is.
func (b *workbook) put(sheet string, column, row int, v any, widths []int) error {
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	style, width := 0, 10
	switch x := v.(type) {
	case nil:
		return nil
	case string:
		x = cellText(x)
		v, width = x, utf8.RuneCountInString(x)
	case float64:
		style = b.tenth
	case amount:
		v, style, width = float64(x)/100, b.cents, 14
	case date:
		v, style, width = wallClock(time.Time(x)), b.day, 12
	case moment:
		v, style, width = wallClock(time.Time(x)), b.hour, 17
	}
	widths[column-1] = max(widths[column-1], width)
	if s, ok := v.(string); ok {
		err = b.file.SetCellStr(sheet, cell, s)
	} else {
		err = b.file.SetCellValue(sheet, cell, v)
	}
	if err != nil || style == 0 {
		return err
	}
	return b.file.SetCellStyle(sheet, cell, cell, style)
}

// wallClock is what the clock on the wall shows: a spreadsheet knows no zones.
func wallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// cellText is a text that a cell can hold, on one line.
func cellText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	const most = 2000
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// bytes is the finished file, always the same for the same rows.
func (b *workbook) bytes(now time.Time) ([]byte, error) {
	if len(b.file.GetSheetList()) > 1 {
		if err := b.file.DeleteSheet("Sheet1"); err != nil { // the one that every new workbook has
			return nil, err
		}
	}
	b.file.SetActiveSheet(0)
	at := now.UTC().Format(time.RFC3339)
	if err := b.file.SetDocProps(&excelize.DocProperties{Creator: "Retour", Created: at, Modified: at}); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := b.file.Write(&out); err != nil {
		return nil, fmt.Errorf("write the spreadsheet: %w", err)
	}
	return out.Bytes(), nil
}
