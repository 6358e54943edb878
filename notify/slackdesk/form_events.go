package slackdesk

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"retour/rules"
)

// fields are what the form of an event asks for, and no more. What is allowed is
// the rules' business: here is only read what was entered.
func (f *form) fields() []field {
	w := f.w
	switch f.kind {
	case rules.EvTakeCharge, rules.EvReopen:
		return []field{f.wordsField("")}
	case rules.EvWrite:
		return []field{f.wordsField(w["form.missing_text"])}
	case rules.EvAsk:
		return []field{f.factsField(), f.askedWords()}
	case rules.EvApprove:
		return []field{info(f.terms()), f.verdictField(), f.wordsField("")}
	case rules.EvRefuse:
		return []field{f.refusalField(), f.wordsField(w["form.missing_text"])}
	case rules.EvRefer:
		return []field{f.linkField(), f.wordsField("")}
	case rules.EvNote:
		return []field{textField{block: "text", label: w["form.note"], hint: w["form.note_hint"], lines: 5, needed: w["form.missing_note"],
			set: func(a *answers, s string) { a.e.Text = s }}.field()}
	case rules.EvFixAddress:
		return []field{f.addressField()}
	case rules.EvConfirm:
		return []field{info(f.asked())}
	case rules.EvReject:
		return []field{info(f.asked()), textField{block: "text", label: w["form.why_not"], lines: 3, set: func(a *answers, s string) { a.e.Text = s }}.field()}
	case rules.EvResend:
		return nil
	}
	if list := f.goodsFields(); list != nil {
		return list
	}
	return f.caseFields()
}

// goodsFields are those of the events of the goods.
func (f *form) goodsFields() []field {
	w := f.w
	switch f.kind {
	case rules.EvReceive:
		return f.receiptFields()
	case rules.EvTest:
		return []field{info(f.terms()), f.outcomeField(), f.promiseField(), f.wordsField("")}
	case rules.EvQuote:
		return []field{f.amountField(w["form.amount"], w["form.amount_hint"], f.c.Quote, true),
			dateField("date", w["form.valid"], w["form.valid_hint"], time.Time{}, "", setDate), f.wordsField("")}
	case rules.EvAcceptOnBehalf:
		return []field{info(quoted(w, f.c)), textField{block: "justification", label: w["form.accepted_how"], lines: 3, set: setJustification}.field(), f.promiseField(), f.wordsField("")}
	case rules.EvSendToVendor:
		return []field{f.leavingUnits(hereUnit), textField{block: "vendor_rma", label: w["form.vendor_rma"], lines: 1, set: func(a *answers, s string) { a.e.VendorRMA = s }}.field(),
			f.trackingField(), f.promiseField(), f.wordsField("")}
	case rules.EvBackFromVendor:
		return []field{f.leavingUnits(awayUnit), f.wordsField("")}
	case rules.EvCredit:
		return []field{unitsField{label: w["form.units"], which: hereUnit, all: true, needed: w["form.missing_unit"], set: resolve(rules.Credited)}.field(),
			f.amountField(w["form.price"], w["form.price_hint"], "", false), f.wordsField("")}
	case rules.EvShip:
		return f.shipmentFields()
	case rules.EvReturnAsIs:
		return []field{unitsField{label: w["form.units"], which: stillHere, all: true, needed: w["form.missing_unit"], set: resolve(rules.ReturnedAsIs)}.field(), f.trackingField(), f.wordsField("")}
	case rules.EvCollected:
		return []field{unitsField{label: w["form.units"], which: stillHere, all: true, needed: w["form.missing_unit"], set: resolve(rules.Collected)}.field(), f.wordsField("")}
	case rules.EvDispose:
		return []field{info(f.disposal()), textField{block: "text", label: w["form.dispose_why"], hint: w["form.dispose_hint"], lines: 3, set: func(a *answers, s string) { a.e.Text = s }}.field()}
	}
	return nil
}

// caseFields are those of the events of the case itself.
func (f *form) caseFields() []field {
	w := f.w
	switch f.kind {
	case rules.EvExtend:
		return []field{dateField("date", w["form.until"], "", time.Time{}, w["form.missing_date"], setDate),
			textField{block: "justification", label: w["form.extend_why"], hint: w["form.extend_hint"], lines: 3, set: setJustification}.field(), f.wordsField("")}
	case rules.EvEdit:
		return f.editFields()
	case rules.EvSplit:
		return []field{unitsField{label: w["form.split"], hint: w["form.split_hint"], which: anyUnit, needed: w["form.missing_unit"], set: func(e *rules.Event, positions []int) {
			for _, p := range positions {
				e.Items = append(e.Items, rules.Item{Position: p})
			}
		}}.field()}
	case rules.EvMerge:
		return []field{textField{block: "into", label: w["form.into"], hint: w["form.into_hint"], lines: 1, needed: w["form.missing_number"], set: setInto}.field(), f.wordsField("")}
	case rules.EvAssign:
		return []field{f.personField()}
	}
	return nil
}

func setDate(e *rules.Event, d time.Time) { e.Date = d }

func setJustification(a *answers, s string) { a.e.Justification = s }

// setInto reads the number of a case. Of a wrong one it says which may be meant.
func setInto(a *answers, s string) {
	a.e.Into = s
	year, seq, err := rules.ParseNumber(s)
	if err == nil {
		a.e.Into = rules.Number(year, seq)
		return
	}
	text := a.f.said.reply(err.Error())
	if guess := rules.GuessNumber(s, a.f.now.Year()); len(guess) > 0 {
		text += " " + a.f.w.say("form.meant", guess[0])
	}
	a.fault("into", text)
}

// resolve writes one resolution for each of the units that are chosen.
func resolve(r rules.Resolution) func(*rules.Event, []int) {
	return func(e *rules.Event, positions []int) {
		if len(positions) > 0 {
			e.Resolutions = map[int]rules.Resolution{}
		}
		for _, p := range positions {
			e.Resolutions[p] = r
		}
	}
}

// terms are the conditions of the policy: what is looked at.
func (f *form) terms() string {
	if f.v.Terms == "" {
		return ""
	}
	return f.w.say("form.terms", shorten(line(f.v.Terms), 2000))
}

func quoted(w words, c rules.Case) string {
	if c.Quote == "" {
		return ""
	}
	return w.say("card.quote", line(c.Quote))
}

// asked is what waits for a second person.
func (f *form) asked() string {
	if f.c.Asked == nil {
		return ""
	}
	return f.w.say("form.asked", staffName(f.c.Asked.By), shorten(line(f.said.why(f.c.Asked.What)), 300))
}

func (f *form) disposal() string {
	if f.c.Disposal == (rules.Person{}) {
		return f.w["form.dispose_first"]
	}
	return f.w.say("form.dispose_second", staffName(f.c.Disposal))
}

// likely is the verdict that the known facts of a unit speak for.
func likely(it rules.Item, now time.Time) rules.Verdict {
	switch {
	case it.Verdict != "":
		return it.Verdict
	case it.WarrantyTo.IsZero():
		return ""
	case now.Before(it.WarrantyTo.AddDate(0, 0, 1)):
		return rules.InWarranty
	}
	return rules.OutOfWarranty
}

// offered are the verdicts that an approval can give the units of a case. Only
// defective goods have a warranty: of others a unit may be refused, and is
// accepted when nothing is chosen.
func offered(c rules.Case) (list []string, needed bool) {
	refusals := []string{string(rules.RefusedCommercial), string(rules.RefusedTechnical)}
	if c.Reason == rules.OrderError || c.Reason == rules.DeliveryError {
		return refusals, false
	}
	return append([]string{string(rules.InWarranty), string(rules.OutOfWarranty)}, refusals...), true
}

// verdictField is a verdict for each unit.
func (f *form) verdictField() field {
	list, needed := offered(f.c)
	c := choiceField{group: "verdict", list: list, which: anyUnit, every: needed,
		known: func(it rules.Item) string { return string(likely(it, f.now)) },
		set: func(e *rules.Event, position int, choice string) {
			if e.Verdicts == nil {
				e.Verdicts = map[int]rules.Verdict{}
			}
			e.Verdicts[position] = rules.Verdict(choice)
		}}
	if needed {
		c.needed = f.w["form.missing_kind"]
	} else {
		c.hint = f.w["form.accepted"]
	}
	return c.field()
}

// outcomeField is the outcome of the test of each unit that is here; of one that
// is not yet tested nothing is chosen.
func (f *form) outcomeField() field {
	list := []string{string(rules.Covered), string(rules.ImproperUse), string(rules.Repairable), string(rules.NotRepairable), string(rules.NoFaultFound)}
	field := choiceField{group: "outcome", list: list, which: hereUnit, every: true,
		known: func(it rules.Item) string { return string(it.Outcome) },
		set: func(e *rules.Event, position int, choice string) {
			if e.Outcomes == nil {
				e.Outcomes = map[int]rules.TestOutcome{}
			}
			e.Outcomes[position] = rules.TestOutcome(choice)
		}}.field()
	return f.some(field, hereUnit, func(e *rules.Event) bool { return len(e.Outcomes) > 0 })
}

// some wants a choice for at least one of the units.
func (f *form) some(c field, which func(rules.Item) bool, made func(*rules.Event) bool) field {
	read := c.read
	c.read = func(a *answers) {
		read(a)
		if units := a.f.units(which); !made(a.e) && len(units) > 0 {
			a.fault(itemBlock(units[0].Position), a.f.w["form.missing_kind"])
		}
	}
	return c
}

func (f *form) promiseField() field {
	return dateField("date", f.w["form.promised"], f.w["form.promised_hint"], f.c.Promised, "", setDate)
}

func (f *form) trackingField() field {
	return textField{block: "tracking", label: f.w["form.tracking"], lines: 1, set: func(a *answers, s string) { a.e.Tracking = s }}.field()
}

func (f *form) leavingUnits(which func(rules.Item) bool) field {
	return unitsField{label: f.w["form.units"], which: which, all: true, needed: f.w["form.missing_unit"],
		set: func(e *rules.Event, positions []int) { e.Units = positions }}.field()
}

func (f *form) linkField() field {
	return textField{block: "link", label: f.w["form.link"], hint: f.w["form.link_hint"], lines: 1, set: func(a *answers, s string) {
		if a.e.Link = s; s != "" && !isLink(s) {
			a.fault("link", a.f.w["form.bad_link"])
		}
	}}.field()
}

func (f *form) addressField() field {
	return textField{block: "address", label: f.w["form.address"], known: f.c.Customer.Address, lines: 1, needed: f.w["form.bad_address"], set: func(a *answers, s string) {
		if a.e.Address = strings.ToLower(s); !isAddress(a.e.Address) {
			a.fault("address", a.f.w["form.bad_address"])
		}
	}}.field()
}

func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \n<>\"")
}

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, "\r\n")
}

// personField is a member of the staff; who it may be is asked of Slack when the
// form is submitted.
func (f *form) personField() field {
	return field{
		draw: func(f *form) []slack.Block {
			e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, plain(f.w["form.choose"], maxOption), input)
			if e.InitialUser = f.entered.user("person"); f.entered == nil && f.c.Owner.ID != f.by {
				e.InitialUser = f.by
			}
			return []slack.Block{inputBlock("person", f.w["form.person"], "", e, false)}
		},
		read: func(a *answers) {
			if a.e.Person.ID = a.user("person"); a.e.Person.ID == "" {
				a.fault("person", a.f.w["form.missing_person"])
			}
		},
	}
}

func (f *form) refusalField() field {
	list := []string{string(rules.RefusedCommercial), string(rules.RefusedTechnical)}
	return field{
		draw: func(f *form) []slack.Block {
			options := []*slack.OptionBlockObject{option(list[0], f.w["form.commercial"]), option(list[1], f.w["form.technical"])}
			e := slack.NewRadioButtonsBlockElement(input, options...)
			if i := slices.Index(list, f.entered.choice("kind")); i >= 0 {
				e.InitialOption = options[i]
			}
			return []slack.Block{inputBlock("kind", f.w["form.kind"], "", e, false)}
		},
		read: func(a *answers) {
			choice := a.choice("kind")
			if !slices.Contains(list, choice) {
				a.fault("kind", a.f.w["form.missing_kind"])
				return
			}
			a.e.Refusal = rules.Verdict(choice)
		},
	}
}

func itemFacts() []rules.Fact {
	return []rules.Fact{rules.FactManufacturer, rules.FactModel, rules.FactSerial, rules.FactNumber, rules.FactVendorTicket}
}

func wholeFacts() []rules.Fact {
	return []rules.Fact{rules.FactReason, rules.FactFault, rules.FactVendorTicket, rules.FactSupportTicket, rules.FactOrder,
		rules.FactPurchaseDate, rules.FactUnused, rules.FactOrdered, rules.FactSmallerMail}
}

// factsField is what is asked of the whole case and of each unit.
func (f *form) factsField() field {
	return field{
		draw: func(f *form) []slack.Block {
			whole := f.checkboxes("whole", f.w["form.whole"], wholeFacts(), 0)
			return append([]slack.Block{whole}, f.perItem(f.c.Items, true, func(block, label, _ string, it rules.Item) slack.Block {
				return f.checkboxes(block, label, itemFacts(), it.Position)
			})...)
		},
		read: func(a *answers) {
			a.e.Missing = a.facts("whole", wholeFacts(), 0)
			for _, it := range a.f.c.Items {
				own := a.facts(itemBlock(it.Position), itemFacts(), it.Position)
				if len(own) == 0 {
					own = a.facts("every", itemFacts(), it.Position)
				}
				a.e.Missing = append(a.e.Missing, own...)
			}
		},
	}
}

func (f *form) checkboxes(block, label string, facts []rules.Fact, position int) slack.Block {
	var options, ticked []*slack.OptionBlockObject
	for _, fact := range facts {
		o := option(string(fact), f.w.of("fact", string(fact)))
		options = append(options, o)
		known := f.entered == nil && block != "every" && slices.Contains(f.c.Missing, rules.Missing{Fact: fact, Item: position})
		if known || slices.Contains(f.entered.choices(block), o.Value) {
			ticked = append(ticked, o)
		}
	}
	e := slack.NewCheckboxGroupsBlockElement(input, options...)
	e.InitialOptions = ticked
	return inputBlock(block, label, "", e, true)
}

// askedWords are the words of a question; there must be some where no fact is
// ticked.
func (f *form) askedWords() field {
	words := f.wordsField("")
	read := words.read
	words.read = func(a *answers) {
		if read(a); len(a.e.Missing) == 0 && a.e.Text == "" {
			a.fault("text", a.f.w["form.missing_fact"])
		}
	}
	return words
}
