package slackdesk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

const (
	faultText  = 600 // characters of the customer's own words on the card
	personName = 80
	cardNotes  = 6 // notes that a card shows
	cardFiles  = 8 // attachments that a card names
	cardGroups = 5 // of many units, groups of which the same is known
	addressLen = 254
)

// message is what is posted: the blocks, and the text for notifications and
// screen readers.
type message struct {
	text   string
	blocks []slack.Block
}

// drawCard draws the card of a case, whole.
func drawCard(w words, v notify.CardView) message {
	c := v.Named()
	zone := zoneOf(v.Working)
	blocks := []slack.Block{
		slack.NewHeaderBlock(plain(c.Number+" · "+w.of("state", string(c.State)), maxHeader)),
	}
	if c.Shadow {
		blocks = append(blocks, markedSection(w["card.shadow"]))
	}
	blocks = append(blocks, markedSection(waiting(w, c, zone)), plainSection(about(w, c)), plainSection(items(w, c)))
	if fault := shorten(c.Fault, faultText); fault != "" {
		blocks = append(blocks, plainSection(w.say("card.fault", fault)))
	}
	blocks = append(blocks, proposal(w, c)...)
	blocks = append(blocks, undelivered(w, c)...)
	if files := fileList(w, v.Files); files != "" {
		blocks = append(blocks, note(plain(w.say("card.files", files), maxSection)))
	}
	if b := caseButtons(w, c); b != nil {
		blocks = append(blocks, b)
	}
	blocks = append(blocks, footer(w, v, zone)...)
	return message{text: cardText(w, c), blocks: blocks}
}

// waiting says what the case waits for and until when. It holds nothing from
// outside.
func waiting(w words, c rules.Case, zone *time.Location) string {
	if c.State == rules.Closed {
		return w.say("card.closed", w.of("closing", string(c.Closing)))
	}
	s := w.say("card.waits", w.of("wait", string(c.State)))
	if !c.Deadline.IsZero() {
		s += w.say("card.until", date(c.Deadline, zone))
	}
	if c.Late {
		s += w["card.late"]
	}
	return s
}

// about is the customer, his language, the reason, and what else is known of
// the case.
func about(w words, c rules.Case) string {
	lines := []string{
		w.say("card.customer", joined(person(c.Customer), w.of("trust", string(c.Customer.Trust)))),
		w.say("card.language", w.of("language", c.Language), w.of("reason", string(c.Reason))),
	}
	if numbers := numbers(w, c); numbers != "" {
		lines = append(lines, numbers)
	}
	if missing := missingList(w, c.Missing); missing != "" {
		lines = append(lines, w.say("card.missing", missing))
	}
	if c.Quote != "" {
		lines = append(lines, w.say("card.quote", line(c.Quote)))
	}
	for _, f := range []struct{ key, value string }{{"card.ordered", c.Ordered}, {"card.credit", c.Credit}, {"card.disposal", c.Disposal.Name}} {
		if f.value != "" {
			lines = append(lines, w.say(f.key, shorten(line(f.value), 200)))
		}
	}
	for _, n := range c.Notes[:min(len(c.Notes), cardNotes)] {
		lines = append(lines, w.say("card.note", shorten(line(n.Why), 200)))
	}
	if c.MergedInto != "" {
		lines = append(lines, w.say("card.merged", line(c.MergedInto)))
	}
	return strings.Join(lines, "\n")
}

// numbers are what the customer named: tickets, papers, parcels, the date of
// purchase.
func numbers(w words, c rules.Case) string {
	r := c.References
	var parts []string
	for _, f := range []struct {
		key    string
		values []string
	}{
		{"ref.vendor_ticket", r.VendorTicket}, {"ref.support_ticket", r.SupportTicket}, {"ref.order", r.Order},
		{"ref.invoice", r.Invoice}, {"ref.delivery_note", r.DeliveryNote}, {"ref.tracking", r.Tracking},
	} {
		if len(f.values) > 0 {
			parts = append(parts, w.say(f.key, shorten(line(strings.Join(f.values, ", ")), 80)))
		}
	}
	if c.PurchaseDate != "" {
		parts = append(parts, w.say("ref.purchase_date", shorten(line(c.PurchaseDate), 20)))
	}
	return strings.Join(parts, " · ")
}

func person(p rules.Party) string {
	name, address := shorten(line(p.Name), personName), shorten(line(p.Address), addressLen)
	if name == "" {
		return address
	}
	return name + " · " + address
}

func missingList(w words, missing []rules.Missing) string {
	var list []string
	for _, m := range missing {
		fact := w.of("fact", string(m.Fact))
		if m.Item > 0 {
			fact = w.say("item.of", fact, m.Item)
		}
		list = append(list, fact)
	}
	if len(list) > notify.CardItems {
		list = append(list[:notify.CardItems], fmt.Sprintf("… (%d)", len(missing)))
	}
	return strings.Join(list, "; ")
}

// items lists the units. What holds for all of them is said once; of many there
// is only a summary, and the list is in the thread.
func items(w words, c rules.Case) string {
	groups := alike(w, c)
	if len(c.Items) > notify.CardItems {
		lines := []string{w.say("card.items", len(c.Items), summary(w, c.Items))}
		for _, g := range groups[:min(len(groups), cardGroups)] {
			lines = append(lines, g.line())
		}
		if len(groups) > cardGroups {
			lines = append(lines, "…")
		}
		return strings.Join(append(lines, w.say("card.in_thread", len(c.Items))), "\n")
	}
	var lines []string
	once := len(groups) == 1 && len(c.Items) > 1
	for _, it := range c.Items {
		s := itemHead(w, it)
		if more := itemMore(w, it, c.Reason); more != "" && !once {
			s += "\n" + more
		}
		lines = append(lines, s)
	}
	if once {
		lines = append(lines, groups[0].line())
	}
	return strings.Join(lines, "\n")
}

// group are the units of which the same is known.
type group struct {
	positions []int
	text      string
}

func (g group) line() string {
	return ranges(g.positions) + ": " + strings.Join(strings.Fields(strings.ReplaceAll(g.text, "\n", " · ")), " ")
}

// alike groups the units by what is known of them, the largest group first;
// units of which nothing is known are in none.
func alike(w words, c rules.Case) []group {
	var list []group
	at := map[string]int{}
	for _, it := range c.Items {
		text := itemMore(w, it, c.Reason)
		if text == "" {
			continue
		}
		i, ok := at[text]
		if !ok {
			i = len(list)
			at[text] = i
			list = append(list, group{text: text})
		}
		list[i].positions = append(list[i].positions, it.Position)
	}
	slices.SortStableFunc(list, func(a, b group) int { return len(b.positions) - len(a.positions) })
	if len(list) == 1 && len(list[0].positions) < len(c.Items) && len(c.Items) <= notify.CardItems {
		return nil // it does not hold for all
	}
	return list
}

// ranges says numbers in short: 1–3, 7. Of many there are only the first.
func ranges(numbers []int) string {
	const most = 12
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		part := strconv.Itoa(numbers[i])
		if j > i {
			part += "–" + strconv.Itoa(numbers[j])
		}
		if len(parts) == most {
			return strings.Join(parts, ", ") + ", …"
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// itemHead is what a unit is.
func itemHead(w words, it rules.Item) string {
	s := fmt.Sprintf("%d. %s", it.Position, itemName(w, it))
	for _, f := range []struct{ key, value string }{
		{"item.serial", it.Serial}, {"item.mac", it.MAC}, {"item.ticket", it.VendorTicket},
	} {
		if f.value != "" {
			s += " · " + w.say(f.key, shorten(line(f.value), 40))
		}
	}
	return s
}

// itemMore is how a unit stands, in lines of their own; empty where nothing is
// known.
func itemMore(w words, it rules.Item, reason rules.Reason) string {
	var lines []string
	for _, s := range []string{itemDoubt(w, it), itemStatus(w, it, reason)} {
		if s != "" {
			lines = append(lines, "    "+s)
		}
	}
	return strings.Join(lines, "\n")
}

// itemDoubt says that a number is not to be relied on, and why.
func itemDoubt(w words, it rules.Item) string {
	switch {
	case it.Doubt != "" && it.Meant != "":
		return w.say("item.meant", w.of("doubt", string(it.Doubt)), shorten(line(it.Meant), 40))
	case it.Doubt != "":
		return w.of("doubt", string(it.Doubt))
	case it.Confidence == "weak":
		return w["item.weak"]
	}
	return ""
}

// joined sets dots between texts that are not empty.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), " · ")
}

func itemName(w words, it rules.Item) string {
	name := shorten(line(it.Manufacturer+" "+it.Model), 60)
	if name == "" {
		return w["item.nameless"]
	}
	return name
}

// itemStatus is everything that was found out or decided about a unit.
func itemStatus(w words, it rules.Item, reason rules.Reason) string {
	var parts []string
	if it.Verdict == "" {
		parts = outlook(w, it, reason)
	}
	for _, p := range []struct{ group, name string }{
		{"verdict", string(it.Verdict)}, {"outcome", string(it.Outcome)}, {"resolution", string(it.Resolution)},
	} {
		if p.name != "" {
			parts = append(parts, w.of(p.group, p.name))
		}
	}
	if it.Received && it.Outcome == "" && it.Resolution == "" {
		parts = append(parts, w["item.received"])
	}
	if !it.AtVendor.IsZero() {
		parts = append(parts, w.say("item.at_vendor", it.AtVendor.Format(time.DateOnly)))
	}
	for _, f := range []struct{ key, value string }{{"item.vendor_rma", it.VendorRMA}, {"item.replaced_by", it.ReplacedBy}} {
		if f.value != "" {
			parts = append(parts, w.say(f.key, shorten(line(f.value), 40)))
		}
	}
	return strings.Join(parts, " · ")
}

// outlook is what is known of a unit that nobody has ruled on yet.
func outlook(w words, it rules.Item, reason rules.Reason) []string {
	var parts []string
	if reason == rules.Defective && it.Process != "" && it.Process != rules.Own {
		parts = append(parts, w.of("process", string(it.Process)))
	}
	if why := shorten(line(it.WarrantyWhy), 160); why != "" {
		parts = append(parts, why)
	} else if !it.WarrantyTo.IsZero() {
		parts = append(parts, w.say("warranty.until", it.WarrantyTo.Format(time.DateOnly)))
	}
	return parts
}

// summary counts the units by name and by verdict.
func summary(w words, list []rules.Item) string {
	s := tally(list, func(it rules.Item) string { return itemName(w, it) })
	ruled := tally(list, func(it rules.Item) string {
		if it.Verdict == "" {
			return ""
		}
		return w.of("verdict", string(it.Verdict))
	})
	if ruled != "" {
		s += "; " + ruled
	}
	return s
}

// tally counts the items by name, the most first.
func tally(list []rules.Item, nameOf func(rules.Item) string) string {
	count := map[string]int{}
	var names []string
	for _, it := range list {
		name := nameOf(it)
		if count[name]++; count[name] == 1 && name != "" {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return count[b] - count[a] })
	var parts []string
	for _, name := range names[:min(len(names), 6)] {
		parts = append(parts, strconv.Itoa(count[name])+" × "+name)
	}
	if len(names) > len(parts) {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

func proposal(w words, c rules.Case) []slack.Block {
	if c.Proposal.Action == "" || c.State == rules.Closed {
		return nil
	}
	blocks := []slack.Block{markedSection("*" + w.of("proposal", string(c.Proposal.Action)) + "*")}
	if why := shorten(line(c.Proposal.Why), 1000); why != "" {
		blocks = append(blocks, note(plain(why, maxSection)))
	}
	return blocks
}

// undelivered warns that the customer did not get the last mail, with the
// buttons that help.
func undelivered(w words, c rules.Case) []slack.Block {
	if c.Undelivered == "" {
		return nil
	}
	blocks := []slack.Block{
		markedSection(w["card.undelivered"]),
		note(plain(shorten(line(c.Undelivered), 500), maxSection)),
	}
	return append(blocks, mailButtons(w, c))
}

// footer is the owner, the sibling cases and the last thing that happened.
func footer(w words, v notify.CardView, zone *time.Location) []slack.Block {
	owner := w["card.no_owner"]
	if v.Case.Owner.ID != "" || v.Case.Owner.Name != "" {
		owner = w.say("card.owner", staffName(v.Case.Owner))
	}
	if len(v.Siblings) > 0 {
		owner += " · " + w.say("card.siblings", shorten(line(strings.Join(v.Siblings, ", ")), 300))
	}
	blocks := []slack.Block{note(plain(owner, maxSection))}
	if len(v.History) > 0 {
		last := v.History[len(v.History)-1]
		if why := v.Case.Proposal.Why; why != "" { // it stands above already
			last.Why = strings.TrimSpace(strings.Replace(last.Why, why, "", 1))
		}
		blocks = append(blocks, note(marked(date(last.At, zone)), plain(happened(w, last)+because(last), maxSection)))
	}
	return blocks
}

func staffName(p rules.Person) string {
	if name := shorten(line(p.Name), personName); name != "" {
		return name
	}
	return p.ID
}

// happened says in a few words who did what.
func happened(w words, e notify.Entry) string {
	who := shorten(line(e.Actor.Name), personName)
	if e.Actor.Kind == rules.ByClock || e.Actor.Kind == rules.ByCourier {
		return w.say("card.itself", w.of("actor", string(e.Actor.Kind)), w.of("event", string(e.Event)))
	}
	if who == "" && e.Actor.Kind == rules.ByCustomer {
		who = shorten(line(e.Actor.ID), addressLen)
	}
	if who == "" {
		who = w.of("actor", string(e.Actor.Kind))
	}
	return w.say("card.last", who, w.of("event", string(e.Event)))
}

// because is why it was done; of what staff only say, what they say.
func because(e notify.Entry) string {
	if onlySaid(e) {
		e.Why = shorten(line(e.Text), 150)
	}
	if why := shorten(line(e.Why), 300); why != "" {
		return ": " + why
	}
	return ""
}

// onlySaid: the entry is what staff wrote, and there is no more to it.
func onlySaid(e notify.Entry) bool {
	return e.Actor.Kind == rules.ByStaff && e.Text != "" && slices.Contains(anytime(), e.Event)
}

// cardText is the card in one line, state first.
func cardText(w words, c rules.Case) string {
	s := w.say("fallback.card", w.of("state", string(c.State)), c.Number, person(c.Customer), w.of("reason", string(c.Reason)))
	if c.State != rules.Closed {
		s += w.say("fallback.wait", w.of("wait", string(c.State)))
	}
	return cut(s, maxFallback)
}

// fileList names the attachments with their sizes.
func fileList(w words, files []notify.File) string {
	var list []string
	for _, f := range files[:min(len(files), cardFiles)] {
		list = append(list, fmt.Sprintf("%s (%s)", fileName(f), size(f.Size)))
	}
	if rest := len(files) - len(list); rest > 0 {
		list = append(list, w.say("card.more_files", rest))
	}
	return strings.Join(list, ", ")
}

func fileName(f notify.File) string { return or(shorten(line(f.Name), 60), "–") }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// size is a file's size as people say it.
func size(bytes int) string {
	switch {
	case bytes < 1000:
		return strconv.Itoa(bytes) + " B"
	case bytes < 1_000_000:
		return strconv.Itoa((bytes+500)/1000) + " kB"
	}
	return strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64) + " MB"
}

// target is what a button and a modal carry: a case as of a version. All else
// is looked up.
type target struct {
	number  string
	version int
}

func (t target) String() string { return fmt.Sprintf("%s/%d", t.number, t.version) }

func parseTarget(s string) (target, bool) {
	number, v, ok := strings.Cut(s, "/")
	version, err := strconv.Atoi(v)
	return target{number, version}, ok && err == nil && number != "" && version >= 0
}
