package slackdesk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"retour/rules"
)

// dockForm is the form at the loading dock: the scanned units, and below them
// what they mean once they have been looked up.
type dockForm struct {
	text   string // as scanned
	plan   *rules.Unloading
	remark string
}

// dockForm draws the form.
func (d *Desk) dockForm(f dockForm) slack.ModalViewRequest {
	w := d.words
	var blocks []slack.Block
	if f.remark != "" {
		blocks = append(blocks, plainSection(f.remark))
	}
	blocks = append(blocks, textInput("scans", w["dock.scans"], w["dock.scans_hint"], f.text, 8, false))
	submit, shown := "window.look_up", ""
	if f.plan != nil {
		blocks = append(blocks, slack.NewDividerBlock())
		blocks = append(blocks, unloadingBlocks(w, *f.plan)...)
		if len(f.plan.Bookable()) > 0 {
			submit, shown = "window.book", planDigest(*f.plan, f.text)
		}
	}
	view := d.view("window.dock", "desk.receive", blocks)
	view.Submit, view.Close, view.PrivateMetadata = plain(w[submit], 24), plain(w["modal.cancel"], 24), shown
	return view
}

// planDigest names what would be booked, so that only what was shown is.
func planDigest(u rules.Unloading, text string) string {
	parts := []string{strings.Join(strings.Fields(text), " ")}
	for _, a := range u.Bookable() {
		parts = append(parts, fmt.Sprintf("%s/%d/%v", a.Case.Number, a.Case.Version, a.Units))
	}
	return digest(parts...)
}

// mostArrivals is how many cases the form describes one by one.
const mostArrivals = 30

// unloadingBlocks say which cases the units belong to, what is missing of each,
// and what is too much or unknown.
func unloadingBlocks(w words, u rules.Unloading) []slack.Block {
	var blocks []slack.Block
	units := 0
	for _, a := range u.Bookable() {
		units += len(a.Units)
	}
	blocks = append(blocks, markedSection("*"+w.say("dock.sum", units, len(u.Bookable()))+"*"))
	for _, a := range u.Arrivals[:min(len(u.Arrivals), mostArrivals)] {
		blocks = append(blocks, plainSection(arrivalText(w, a)))
	}
	if rest := len(u.Arrivals) - mostArrivals; rest > 0 {
		blocks = append(blocks, note(plain(w.say("command.and_more", rest), maxSection)))
	}
	if len(u.Unknown) > 0 {
		blocks = append(blocks, plainSection(w.say("dock.unknown", len(u.Unknown), codes(u.Unknown))))
	}
	for _, s := range u.Doubtful[:min(len(u.Doubtful), 10)] {
		blocks = append(blocks, plainSection(w.say("dock.doubtful", shorten(line(s.Text), 60), strings.Join(s.Numbers, ", "))))
	}
	for _, l := range u.Labels[:min(len(u.Labels), 10)] {
		key := "dock.label_unknown"
		if l.Known {
			key = "dock.label"
		}
		blocks = append(blocks, plainSection(w.say(key, l.Number)))
	}
	return blocks
}

// codes lists what was scanned, shortened.
func codes(list []string) string {
	var parts []string
	for _, c := range list[:min(len(list), 40)] {
		parts = append(parts, shorten(line(c), 40))
	}
	if len(list) > len(parts) {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// arrivalText is one case with what came of it.
func arrivalText(w words, a rules.Arrival) string {
	lines := []string{joined(a.Case.Number, w.of("state", string(a.Case.State)), person(a.Case.Customer))}
	if a.Refusal != "" {
		lines = append(lines, "⛔ "+w.say("dock.refused", a.Refusal), w.say("dock.scanned", len(a.Units), unitsAt(w, a.Case, a.Units)))
	} else if len(a.Units) > 0 {
		lines = append(lines, w.say("dock.here", len(a.Units), unitsAt(w, a.Case, a.Units)))
	}
	if len(a.Missing) > 0 {
		lines = append(lines, w.say("dock.missing", len(a.Missing), unitsAt(w, a.Case, a.Missing)))
	} else if a.Refusal == "" {
		lines = append(lines, w["dock.complete"])
	}
	for _, s := range a.Surplus {
		if s.Left == "" {
			lines = append(lines, w.say("dock.again", unitsAt(w, a.Case, []int{s.Position})))
		} else {
			lines = append(lines, w.say("dock.left", unitsAt(w, a.Case, []int{s.Position}), w.of("resolution", string(s.Left))))
		}
	}
	return shorten(strings.Join(lines, "\n"), 1500)
}

// unitsAt names units of a case by their position.
func unitsAt(w words, c rules.Case, positions []int) string {
	var parts []string
	for _, it := range c.Items {
		if slices.Contains(positions, it.Position) && len(parts) < 20 {
			parts = append(parts, strings.TrimSpace(itemName(w, it)+" "+shorten(line(cmp.Or(it.Serial, it.MAC)), 40)))
		}
	}
	if len(positions) > len(parts) {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

func (d *Desk) dockSubmitted(ctx context.Context, in interaction, who rules.Actor) reply {
	f := dockForm{text: in.View.State.Values.text("scans")}
	if len(rules.ReadScans(f.text)) == 0 {
		f.remark = d.words["dock.nothing"]
		view := d.dockForm(f)
		return reply{errors: map[string]string{"scans": d.words["dock.nothing"]}, view: &view}
	}
	plan, err := d.hooks.Office.Unload(ctx, f.text)
	if err != nil {
		d.log.Error("slack: look scanned units up", "user", who.ID, "err", err)
		return d.told(d.words["told.trouble"])
	}
	f.plan = &plan
	seen := in.View.PrivateMetadata
	if seen == "" || seen != planDigest(plan, f.text) {
		if seen != "" {
			f.remark = d.words["dock.changed"]
		}
		view := d.dockForm(f)
		return reply{view: &view}
	}
	return d.book(ctx, in, who, plan)
}

// book books what has arrived, case by case: what one of them refuses does not
// keep the others from it.
func (d *Desk) book(ctx context.Context, in interaction, who rules.Actor, plan rules.Unloading) reply {
	w := d.words
	var done, failed []string
	for _, a := range plan.Bookable() {
		event := rules.Event{Kind: rules.EvReceive, Actor: who, Received: slices.Clone(a.Units)}
		result, err := d.hooks.Click(ctx, rules.Click{Number: a.Case.Number, Version: a.Case.Version, Event: event}, in.once()+"/"+a.Case.Number)
		switch {
		case err != nil:
			d.log.Error("slack: book scanned units", "case", a.Case.Number, "err", err)
			failed = append(failed, a.Case.Number+": "+w["told.trouble"])
		case !result.Done:
			failed = append(failed, a.Case.Number+": "+result.Message)
		default:
			done = append(done, w.say("dock.booked", a.Case.Number, len(a.Units), len(a.Missing)))
		}
	}
	var blocks []slack.Block
	for _, l := range append(failed, done...) {
		blocks = append(blocks, plainSection(shorten(l, 600)))
	}
	if len(plan.Unknown) > 0 {
		blocks = append(blocks, plainSection(w.say("dock.unknown", len(plan.Unknown), codes(plan.Unknown))))
	}
	view := d.view("modal.done", toldID, blocks[:min(len(blocks), 90)])
	view.PrivateMetadata = shorten(strings.Join(append(failed, done...), "\n"), maxSection/2)
	return reply{view: &view}
}
