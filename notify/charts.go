package notify

import (
	"cmp"
	"image/color"
	"math"
	"slices"
	"strings"
	"time"

	"retour/rules"
	"retour/templates"
)

// The size of a chart as it is shown: the width of the digest's text column.
const (
	chartWidth  = 540
	chartHeight = 300
	chartTop    = 14.0  // above the plot
	chartFoot   = 28.0  // below it, for the days
	chartEdge   = 3.0   // free at the left and at the right
	chartGap    = 8.0   // between the plot and what stands beside it
	mostLabel   = 190.0 // of what stands at the right
	labelStep   = 19.0  // between two labels
)

// picture attaches a finished chart and shows it.
func (w *digester) picture(name, alt string, c *canvas) []templates.DigestBlock {
	data, err := c.png()
	if err != nil {
		w.faults = append(w.faults, err)
		return nil
	}
	id := strings.ToLower(MessageID(w.secret, DigestNumber, w.order.Key+"/"+name, w.desk.Domain))
	w.pictures = append(w.pictures, Attachment{Name: name + ".png", MediaType: "image/png", Data: data, ContentID: id})
	size := c.img.Bounds().Size()
	return []templates.DigestBlock{{Picture: &templates.Picture{ContentID: id, Width: size.X / density, Height: size.Y / density,
		Caption: w.word("chart." + name), Alt: alt}}}
}

// canvas begins a chart.
func (w *digester) canvas(height int) *canvas {
	c, err := newCanvas(chartWidth, height)
	if err != nil {
		w.faults = append(w.faults, err)
		return nil
	}
	return c
}

// plot is the area between the axes.
type plot struct {
	*canvas
	left, right, bottom float64
	most                float64 // at the top
}

// axis draws the scale at the left, with its lines; labels is how much room is
// wanted at the right.
func (w *digester) axis(c *canvas, most, labels float64) plot {
	step := niceStep(most)
	top := step * math.Ceil(most/step)
	p := plot{canvas: c, left: chartEdge + c.width(c.plain, w.n.Int(int(top))) + chartGap, right: chartWidth - labels, most: top,
		bottom: float64(c.img.Bounds().Dy()/density) - chartFoot}
	for v := 0.0; v <= top; v += step {
		y := p.y(v)
		c.stroke(faint, 1, dot{p.left, y}, dot{p.right, y})
		c.write(c.plain, quiet, p.left-chartGap, y, 1, w.n.Int(int(v)))
	}
	return p
}

func (p plot) y(v float64) float64 { return p.bottom - v/p.most*(p.bottom-chartTop) }

// x is where the i-th of n places lies.
func (p plot) x(i, n int) float64 {
	if n < 2 {
		return (p.left + p.right) / 2
	}
	return p.left + float64(i)/float64(n-1)*(p.right-p.left)
}

// niceStep is 1, 2 or 5 times a power of ten, for four lines or so.
func niceStep(most float64) float64 {
	if most <= 4 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, f := range []float64{1, 2, 5, 10} {
		if most/(f*power) <= 5 {
			return f * power
		}
	}
	return 10 * power
}

// callout is a label at the right of a chart, beside what it names.
type callout struct {
	at   float64 // where it should be
	ink  color.RGBA
	text string
	bold string // a figure before the text
}

// labels writes them as near as can be to where they should be, none over another.
func (p plot) labels(list []callout) {
	slices.SortStableFunc(list, func(a, b callout) int { return cmp.Compare(a.at, b.at) })
	at := spread(list, chartTop, p.bottom)
	for i, l := range list {
		x := p.right + 2*chartGap
		p.stroke(l.ink, 1.5, dot{p.right + 2, l.at}, dot{p.right + chartGap, at[i]}, dot{x, at[i]})
		p.box(l.ink, x, at[i]-5, 10, 10)
		x += 10 + 5
		p.write(p.bold, black, x, at[i], -1, l.bold)
		x += p.width(p.bold, l.bold) + 5
		p.write(p.plain, black, x, at[i], -1, p.fit(p.plain, l.text, chartWidth-chartEdge-x))
	}
}

// spread moves labels apart, first downwards, then up from the bottom.
func spread(list []callout, top, bottom float64) []float64 {
	at := make([]float64, len(list))
	for i, l := range list {
		at[i] = max(l.at, top)
		if i > 0 {
			at[i] = max(at[i], at[i-1]+labelStep)
		}
	}
	for i := len(at) - 1; i >= 0; i-- {
		limit := bottom
		if i < len(at)-1 {
			limit = at[i+1] - labelStep
		}
		at[i] = min(at[i], limit)
	}
	return at
}

// room is how wide the labels at the right are.
func (c *canvas) room(list []callout) float64 {
	widest := 0.0
	for _, l := range list {
		widest = max(widest, c.width(c.bold, l.bold)+5+c.width(c.plain, l.text))
	}
	return min(mostLabel, widest) + 2*chartGap + 10 + 5 + chartEdge
}

// dates writes days below the plot, as many as there is room for.
func (w *digester) dates(p plot, days []time.Time, name func(time.Time) string) {
	widest := 0.0
	for _, d := range days {
		widest = max(widest, p.width(p.plain, name(d)))
	}
	every := max(1, int(math.Ceil(float64(len(days))*(widest+14)/(p.right-p.left))))
	for i := len(days) - 1; i >= 0; i -= every {
		x := p.x(i, len(days))
		x = max(x, p.width(p.plain, name(days[i]))/2)
		p.stroke(past, 1, dot{p.x(i, len(days)), p.bottom}, dot{p.x(i, len(days)), p.bottom + 4})
		p.write(p.plain, quiet, x, p.bottom+16, 0, name(days[i]))
	}
}

// stateInks colour the states by who is waited for: blue the desk, orange the
// customer, green the repair.
var stateInks = map[rules.State]color.RGBA{
	rules.New: blue, rules.InCharge: sky, rules.Received: ice,
	rules.InfoNeeded: rust, rules.Validated: orange, rules.Quoted: sand, rules.Uncollected: cream,
	rules.InProcess: green,
}

// stack is the order of the areas from the bottom: what waits for the same
// lies together.
var stack = []rules.State{rules.New, rules.InCharge, rules.Received, rules.InProcess, rules.InfoNeeded, rules.Validated, rules.Quoted, rules.Uncollected}

// openChart shows the open cases over time, by state.
func (w *digester) openChart() []templates.DigestBlock {
	days := w.f.OpenByDay
	most := 0
	for _, d := range days {
		most = max(most, total(d.Counts)-d.Counts[string(rules.Closed)])
	}
	c := w.canvas(chartHeight)
	if len(days) < 2 || most == 0 || c == nil {
		return nil
	}
	last := days[len(days)-1]
	var labels []callout
	for _, s := range stack {
		if n := last.Counts[string(s)]; n > 0 {
			labels = append(labels, callout{ink: stateInks[s], bold: w.n.Int(n), text: w.name("state", string(s))})
		}
	}
	p := w.axis(c, float64(most), c.room(labels))
	below := make([]float64, len(days))
	next := 0
	for _, s := range stack {
		middle := p.area(stateInks[s], below, days, string(s))
		if last.Counts[string(s)] > 0 {
			labels[next].at = middle
			next++
		}
	}
	p.labels(labels)
	var dates []time.Time
	for _, d := range days {
		dates = append(dates, d.Day.In(w.zone))
	}
	w.dates(p, dates, func(t time.Time) string { return w.n.ShortDay(t, t.Year()) })
	return w.picture("open", w.openAlt(days[0], last), c)
}

// area paints one band of a stack on what is below it, adds it to that, and
// returns where the middle of its right end is.
func (p plot) area(ink color.RGBA, below []float64, days []rules.DayCount, name string) float64 {
	var lower, upper []dot
	for i, d := range days {
		lower = append(lower, dot{p.x(i, len(days)), p.y(below[i])})
		below[i] += float64(d.Counts[name])
		upper = append(upper, dot{p.x(i, len(days)), p.y(below[i])})
	}
	end := len(days) - 1
	middle := (lower[end].y + upper[end].y) / 2
	slices.Reverse(lower)
	p.fill(ink, append(slices.Clone(upper), lower...)...)
	p.stroke(white, 1.2, upper...)
	return middle
}

func (w *digester) openAlt(first, last rules.DayCount) string {
	counts := func(d rules.DayCount) string {
		list := []string{w.count("chart.open.total", total(d.Counts)-d.Counts[string(rules.Closed)])}
		for _, s := range stack {
			if n := d.Counts[string(s)]; n > 0 {
				list = append(list, w.name("state", string(s))+" "+w.n.Int(n))
			}
		}
		return strings.Join(list, ", ")
	}
	return w.say("chart.open.alt", templates.Saying{Day: w.day(first.Day), Text: counts(first), Until: w.day(last.Day), Other: counts(last)})
}

const (
	mostBars = 8
	barStep  = 40.0
)

// returnsChart compares the manufacturers' units with the period before.
func (w *digester) returnsChart(makers []rules.MakerFigures) []templates.DigestBlock {
	makers = slices.DeleteFunc(slices.Clone(makers), func(m rules.MakerFigures) bool { return m.In+m.Past == 0 })
	makers = makers[:min(mostBars, len(makers))]
	if len(makers) < 2 {
		return nil
	}
	c := w.canvas(int(barStep)*len(makers) + 12)
	if c == nil {
		return nil
	}
	var names, alts []string
	most, left, right := 0, 0.0, 0.0
	for _, m := range makers {
		name := w.maker(m.Manufacturer)
		alts = append(alts, w.say("chart.returns.one", templates.Saying{Name: clipped(name, 40), Count: m.In, Of: m.Past}))
		names = append(names, c.fit(c.plain, clipped(name, 40), mostLabel))
		most = max(most, m.In, m.Past)
		left = max(left, c.width(c.plain, names[len(names)-1]))
		right = max(right, c.width(c.bold, w.n.Int(m.In)))
	}
	left += chartEdge + chartGap
	for i, m := range makers {
		y := 6 + barStep*float64(i)
		long := func(n int) float64 {
			return float64(n) / float64(most) * (chartWidth - chartEdge - left - right - 2*chartGap)
		}
		c.write(c.plain, black, left-chartGap, y+14, 1, names[i])
		c.box(blue, left, y+4, max(1, long(m.In)), 18)
		c.box(past, left, y+23, max(1, long(m.Past)), 7)
		c.write(c.bold, black, left+long(m.In)+chartGap, y+13, -1, w.n.Int(m.In))
	}
	c.stroke(quiet, 1, dot{left, 4}, dot{left, 6 + barStep*float64(len(makers))})
	return w.picture("returns", w.say("chart.returns.alt", templates.Saying{Text: strings.Join(alts, ", ")}), c)
}

// lineInks tell the lines of a chart apart.
var lineInks = []color.RGBA{blue, rust, green, purple, orange}

// turnChart shows how long units were with their manufacturers, by month.
func (w *digester) turnChart() []templates.DigestBlock {
	lines, months := w.turnLines()
	c := w.canvas(chartHeight)
	if len(lines) == 0 || len(months) < 2 || c == nil {
		return nil
	}
	most := 0.0
	var labels []callout
	for i, l := range lines {
		for _, v := range l.days {
			most = max(most, v)
		}
		labels = append(labels, callout{ink: lineInks[i], bold: w.n.Decimal(l.last()), text: l.name})
	}
	p := w.axis(c, most, c.room(labels))
	var alts []string
	for i, l := range lines {
		labels[i].at = p.line(lineInks[i], l.days)
		alts = append(alts, l.name+" "+l.text(w.n))
	}
	p.labels(labels)
	w.dates(p, months, w.n.ShortMonth)
	return w.picture("turn", w.say("chart.turn.alt", templates.Saying{Text: strings.Join(alts, "; ")}), c)
}

// line draws one line with its points, and returns at which height it ends.
// Months in which nothing came back are passed over.
func (p plot) line(ink color.RGBA, days []float64) float64 {
	var points []dot
	for i, v := range days {
		if v > 0 {
			points = append(points, dot{p.x(i, len(days)), p.y(v)})
		}
	}
	p.stroke(ink, 2.5, points...)
	for _, at := range points {
		p.disc(white, at, 5)
		p.disc(ink, at, 3.8)
	}
	return points[len(points)-1].y
}

// turnLine is the turn-round of one manufacturer, by month; nought where nothing
// came back.
type turnLine struct {
	name string
	done int
	days []float64
}

func (l turnLine) last() float64 {
	for _, v := range slices.Backward(l.days) {
		if v > 0 {
			return v
		}
	}
	return 0
}

func (l turnLine) text(n templates.Notation) string {
	var list []string
	for _, v := range l.days {
		if v > 0 {
			list = append(list, n.Decimal(v))
			continue
		}
		list = append(list, "–")
	}
	return strings.Join(list, ", ")
}

// turnLines are the manufacturers from which most units came back.
func (w *digester) turnLines() ([]turnLine, []time.Time) {
	var months []time.Time
	for _, t := range w.f.TurnByMonth {
		if !slices.ContainsFunc(months, t.Month.Equal) {
			months = append(months, t.Month)
		}
	}
	slices.SortFunc(months, time.Time.Compare)
	byMaker := map[string]*turnLine{}
	for _, t := range w.f.TurnByMonth {
		l := byMaker[t.Manufacturer]
		if l == nil {
			l = &turnLine{name: clipped(w.maker(t.Manufacturer), 40), days: make([]float64, len(months))}
			byMaker[t.Manufacturer] = l
		}
		if t.Done > 0 {
			l.done += t.Done
			l.days[slices.IndexFunc(months, t.Month.Equal)] = t.Median.Hours() / 24
		}
	}
	var lines []turnLine
	for _, l := range byMaker {
		if l.last() > 0 {
			lines = append(lines, *l)
		}
	}
	slices.SortFunc(lines, func(a, b turnLine) int { return cmp.Or(cmp.Compare(b.done, a.done), cmp.Compare(a.name, b.name)) })
	for i := range months {
		months[i] = months[i].In(w.zone)
	}
	return lines[:min(len(lineInks), len(lines))], months
}
