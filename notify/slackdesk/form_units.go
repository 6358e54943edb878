package slackdesk

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"retour/rules"
)

// receiptFields: which units came, and what was wrong with the parcel.
func (f *form) receiptFields() []field {
	w := f.w
	units := unitsField{label: w["form.arrived"], hint: w["form.arrived_hint"], which: notYetHere, all: true,
		set: func(e *rules.Event, positions []int) { e.Received = positions }}.field()
	return []field{
		info(f.terms()), units,
		textField{block: "extra", label: w["form.extra"], hint: w["form.extra_hint"], lines: 3, set: setExtra}.field(),
		textField{block: "label", label: w["form.label"], hint: w["form.label_hint"], lines: 1, set: func(a *answers, s string) { a.e.Label = s }}.field(),
		textField{block: "accessories", label: w["form.accessories"], hint: w.say("form.accessories_hint", w.of("language", f.c.Language)), lines: 1,
			set: func(a *answers, s string) { a.e.Accessories = s }}.field(),
		tickField("freight", w["form.freight"], w["form.freight_yes"], func(e *rules.Event) { e.FreightCollect = true }),
		f.wordsField(""),
		{read: someArrived, draw: info("").draw},
	}
}

// someArrived: an event that names no unit means all of them, which a person who
// took every one out did not mean.
func someArrived(a *answers) {
	if len(a.e.Received)+len(a.e.Items) == 0 && !a.e.FreightCollect && len(a.f.units(notYetHere)) > 0 {
		a.fault("units", a.f.w["form.missing_unit"])
	}
}

// setExtra reads units that nobody had announced.
func setExtra(a *answers, s string) {
	units, faults := a.f.readUnits(s)
	if len(faults) > 0 {
		a.fault("extra", strings.Join(faults, " "))
	}
	a.e.Items = append(a.e.Items, units...)
}

// shipmentFields: how each unit was settled that leaves, what was given instead,
// and how it was sent.
func (f *form) shipmentFields() []field {
	w := f.w
	list := []string{string(rules.Repaired), string(rules.Replaced), string(rules.ReturnedAsIs)}
	settled := choiceField{group: "resolution", list: list, which: hereUnit, every: true, hint: w["form.stays"],
		set: func(e *rules.Event, position int, choice string) {
			if e.Resolutions == nil {
				e.Resolutions = map[int]rules.Resolution{}
			}
			e.Resolutions[position] = rules.Resolution(choice)
		}}.field()
	return []field{
		f.some(settled, hereUnit, func(e *rules.Event) bool { return len(e.Resolutions) > 0 }),
		textField{block: "serials", label: w["form.serials"], hint: w["form.serials_hint"], lines: 3, set: setReplacements}.field(),
		f.trackingField(),
		dateField("date", w["form.shipped_on"], w["form.shipped_hint"], f.now.In(zoneOf(f.v.Working)), "", setDate),
		f.wordsField(""),
	}
}

var placedSerial = regexp.MustCompile(`^(\d{1,4})\s*[:.)=]\s*(.+)$`)

// setReplacements reads "3: SERIAL" lines; a line that names no unit is for the
// next of the replaced ones.
func setReplacements(a *answers, s string) {
	var replaced []int
	for _, p := range slices.Sorted(maps.Keys(a.e.Resolutions)) {
		if a.e.Resolutions[p] == rules.Replaced {
			replaced = append(replaced, p)
		}
	}
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		position, serial := 0, l
		if m := placedSerial.FindStringSubmatch(l); m != nil {
			position, _ = strconv.Atoi(m[1])
			serial = m[2]
		} else if i := slices.IndexFunc(replaced, func(p int) bool { return a.e.Replacements[p] == "" }); i >= 0 {
			position = replaced[i]
		}
		if !slices.Contains(replaced, position) || a.e.Replacements[position] != "" {
			a.fault("serials", a.f.w.say("form.bad_serial", shorten(line(l), 60)))
			return
		}
		if a.e.Replacements == nil {
			a.e.Replacements = map[int]string{}
		}
		a.e.Replacements[position] = serial
	}
}

// inFull is how many units an edit form shows field by field; more of them are a
// line each.
const inFull = 6

// editFields are the facts of the case as they are known, to be put right.
func (f *form) editFields() []field {
	w, c := f.w, f.c
	line := func(block, key, known string, lines int, set func(a *answers, s string)) field {
		return textField{block: block, label: w[key], known: known, lines: lines, set: set}.field()
	}
	reasons := []string{string(rules.Defective), string(rules.OrderError), string(rules.DeliveryError)}
	fields := []field{
		{read: func(a *answers) { a.e.Whole, a.e.Claim.References.RMA = true, a.f.c.References.RMA }, draw: info("").draw},
		selectField("reason", w["form.reason"], "reason", reasons, string(c.Reason), "", func(e *rules.Event, s string) { e.Claim.Reason = rules.Reason(s) }),
		selectField("language", w["form.language"], "language", []string{"en", "fr", "nl", "it", "de"}, c.Language, w["form.missing_kind"], func(e *rules.Event, s string) { e.Language = s }),
		line("fault", "form.fault", c.Fault, 4, func(a *answers, s string) { a.e.Claim.Fault = uncut(s, a.f.c.Fault) }),
		line("ordered", "form.ordered", c.Ordered, 1, func(a *answers, s string) { a.e.Claim.Ordered = uncut(s, a.f.c.Ordered) }),
		f.purchaseField(),
	}
	for _, r := range references() {
		fields = append(fields, textField{block: "ref." + r.name, label: w["form.ref_"+r.name], hint: w["form.ref_hint"], known: strings.Join(*r.of(&f.c.References), ", "), lines: 1,
			set: func(a *answers, s string) { *r.of(&a.e.Claim.References) = commas(s) }}.field())
	}
	for i, it := range f.v.Case.Items[:min(len(f.v.Case.Items), listed)] {
		if len(f.v.Case.Items) <= inFull {
			fields = append(fields, f.unitFields(it)...)
		} else {
			fields = append(fields, f.unitLine(it, i == 0))
		}
	}
	if n := len(f.v.Case.Items); n > listed {
		fields = append(fields, info(w.say("form.many_edit", n, listed)))
	}
	return append(fields, textField{block: "extra", label: w["form.more_units"], hint: w["form.extra_hint"], lines: 3, set: setExtra}.field())
}

// uncut is a text that was too long for its input and came back shortened as it
// was, or else what stands there now.
func uncut(now, known string) string {
	if now == strings.TrimSpace(first(known, maxInput)) {
		return known
	}
	return now
}

func commas(s string) (list []string) {
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if one = strings.Join(strings.Fields(one), " "); one != "" && !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// reference is one kind of number that a customer names.
type reference struct {
	name string
	of   func(*rules.References) *[]string
}

func references() []reference {
	return []reference{
		{"order", func(r *rules.References) *[]string { return &r.Order }},
		{"invoice", func(r *rules.References) *[]string { return &r.Invoice }},
		{"delivery_note", func(r *rules.References) *[]string { return &r.DeliveryNote }},
		{"vendor_ticket", func(r *rules.References) *[]string { return &r.VendorTicket }},
		{"support_ticket", func(r *rules.References) *[]string { return &r.SupportTicket }},
		{"tracking", func(r *rules.References) *[]string { return &r.Tracking }},
	}
}

// purchaseField is the date of purchase; one that lies ahead is a slip.
func (f *form) purchaseField() field {
	p := dateField("purchase", f.w["form.purchase"], "", day(f.c.PurchaseDate), "", nil)
	p.read = func(a *answers) {
		d := day(a.date("purchase"))
		if d.After(a.f.now.AddDate(0, 0, 1)) {
			a.fault("purchase", a.f.w["form.ahead"])
		}
		a.e.Claim.PurchaseDate = dayText(d)
	}
	return p
}

// unitFields are the facts of one unit, each in an input of its own.
func (f *form) unitFields(it rules.Item) []field {
	block := func(name string) string { return fmt.Sprintf("unit.%d.%s", it.Position, name) }
	var fields []field
	for _, p := range []struct{ name, known string }{
		{"serial", it.Serial}, {"mac", it.MAC}, {"model", it.Model}, {"maker", f.maker(it.Manufacturer)}, {"ticket", it.VendorTicket},
	} {
		fields = append(fields, textField{block: block(p.name), label: f.w.say("form.unit_"+p.name, it.Position), known: p.known, lines: 1, set: func(*answers, string) {}}.field())
	}
	last := &fields[len(fields)-1]
	last.read = func(a *answers) {
		now := it
		now.Serial, now.Model, now.VendorTicket = a.text(block("serial")), a.text(block("model")), a.text(block("ticket"))
		now.MAC = a.mac(block("mac"), a.text(block("mac")))
		now.Manufacturer = a.makerID(block("maker"), a.text(block("maker")))
		a.edited(it, now)
	}
	return fields
}

// unitLine are the facts of one unit in one line.
func (f *form) unitLine(it rules.Item, explained bool) field {
	block := itemBlock(it.Position)
	known := strings.TrimRight(strings.Join([]string{it.Serial, it.MAC, it.Model, f.maker(it.Manufacturer), it.VendorTicket}, "; "), "; ")
	hint := ""
	if explained {
		hint = f.w["form.unit_hint"]
	}
	return textField{block: block, label: f.w.say("form.unit", it.Position), hint: hint, known: known, lines: 1, set: func(a *answers, s string) {
		parts := append(strings.Split(s, ";"), "", "", "", "", "")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if strings.Join(parts[5:], "") != "" {
			a.fault(block, a.f.w["form.unit_hint"])
			return
		}
		now := it
		now.Serial, now.Model, now.VendorTicket = parts[0], parts[2], parts[4]
		now.MAC, now.Manufacturer = a.mac(block, parts[1]), a.makerID(block, parts[3])
		a.edited(it, now)
	}}.field()
}

// edited adds a unit to the event if it was changed.
func (a *answers) edited(before, now rules.Item) {
	if before != now {
		a.e.Items = append(a.e.Items, rules.Item{Position: now.Position, Manufacturer: now.Manufacturer, Model: now.Model, Serial: now.Serial, MAC: now.MAC, VendorTicket: now.VendorTicket})
	}
}

// maker is the name of a manufacturer.
func (f *form) maker(id string) string {
	if name, ok := f.v.Makers[id]; ok {
		return name
	}
	return id
}

// makerID finds a manufacturer by what a person wrote.
func (a *answers) makerID(block, s string) string {
	id, guess := a.f.findMaker(s)
	if id == "" && s != "" {
		text := a.f.w.say("form.bad_maker", shorten(line(s), 40))
		if guess != "" {
			text += " " + a.f.w.say("form.meant", guess)
		}
		a.fault(block, text)
	}
	return id
}

// findMaker is the id of a manufacturer, or else the name that is most like it.
func (f *form) findMaker(s string) (id, guess string) {
	key := rules.NumberKey(s)
	best := 3 // edits that a slip may have
	for _, other := range slices.Sorted(maps.Keys(f.v.Makers)) {
		name := f.v.Makers[other]
		if strings.EqualFold(name, s) || strings.EqualFold(other, s) {
			return other, ""
		}
		if n := rules.EditDistance(rules.NumberKey(name), key); n < best && key != "" {
			best, guess = n, name
		}
	}
	return "", guess
}

var macForm = regexp.MustCompile(`^[0-9A-F]{12}$`)

// mac reads a MAC address, with or without signs between its digits.
func (a *answers) mac(block, s string) string {
	mac := rules.NumberKey(s)
	if s != "" && !macForm.MatchString(mac) {
		a.fault(block, a.f.w.say("form.bad_mac", shorten(line(s), 40)))
		return s
	}
	return mac
}

// readUnits reads one unit a line: "serial; model; manufacturer", where a MAC
// does for a serial. The last two may be left out.
func (f *form) readUnits(s string) (units []rules.Item, faults []string) {
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		parts := append(strings.FieldsFunc(l, func(r rune) bool { return r == ';' || r == '\t' || r == ',' }), "", "", "")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		it := rules.Item{Serial: parts[0], Model: parts[1]}
		if key := rules.NumberKey(it.Serial); macForm.MatchString(key) && strings.ContainsAny(it.Serial, ":-.") {
			it.Serial, it.MAC = "", key
		}
		maker, guess := f.findMaker(parts[2])
		switch it.Manufacturer = maker; {
		case rules.NumberKey(parts[0]) == "":
			faults = append(faults, f.w.say("form.bad_unit", shorten(line(l), 60)))
		case maker == "" && parts[2] != "" && guess != "":
			faults = append(faults, f.w.say("form.bad_maker", shorten(line(parts[2]), 40))+" "+f.w.say("form.meant", guess))
		case maker == "" && parts[2] != "":
			faults = append(faults, f.w.say("form.bad_maker", shorten(line(parts[2]), 40)))
		}
		units = append(units, it)
	}
	return units, faults
}
