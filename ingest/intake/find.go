package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// joined says which case a mail belongs to, and how sure that is.
type joined struct {
	c        rules.Case
	found    bool
	trust    rules.Trust
	addParty bool   // the sender proved that he belongs to the case
	byUnit   bool   // only a unit that is in it told; he does not answer one of its mails
	doubt    string // why a person must look; nothing else counts then
}

// findCase looks for the case of a person's mail: by a valid token of one of
// our own mails; by a case number, if he is a party to it; by a mail of his
// that is in the case; by a unit of his that has an open case.
func (in *Intake) findCase(ctx context.Context, tx *casebook.Tx, r Reading) (joined, error) {
	from := r.party("").Address
	j := joined{}
	var err error
	if j.trust, err = in.trust(ctx, tx, r); err != nil {
		return j, err
	}
	c, ok, err := in.caseByToken(ctx, tx, r.threadIDs())
	if ok && c.State != rules.InfoNeeded && !isParty(c, from) && !in.sameHouse(c, from) && otherUnits(r.Claim, c) {
		ok = false // a return of his own, written under a mail that he was sent
	}
	if err != nil || ok {
		if r.credited() { // the token proves who sent it, not who wrote it
			j.c, j.found = c, ok
			return j, err
		}
		return in.byToken(j, c, from), err
	}
	if j, err = in.caseByNumber(ctx, tx, r, j); err != nil || j.found || j.doubt != "" {
		return j, err
	}
	if j, err = in.caseByMessage(ctx, tx, r, j); err != nil || j.found {
		return j, err
	}
	return in.caseByUnit(ctx, tx, r, j)
}

// byToken: whoever holds one of our mails is proven, if he is of the
// customer's house. Another holder was perhaps only sent a copy: his mail joins
// and is shown, but neither answers a quote nor withdraws.
func (in *Intake) byToken(j joined, c rules.Case, from string) joined {
	j.c, j.found = c, true
	if isParty(c, from) || in.sameHouse(c, from) {
		j.trust, j.addParty = rules.Proven, true
		return j
	}
	j.trust = rules.Unknown // whoever he is elsewhere, here nothing speaks for him
	return j
}

// caseByToken follows the signed Message-IDs of our own mails, and merges.
func (in *Intake) caseByToken(ctx context.Context, tx *casebook.Tx, ids []string) (rules.Case, bool, error) {
	number, ok := notify.CaseOf(in.Secret, in.Domain, ids)
	if !ok {
		return rules.Case{}, false, nil
	}
	return follow(ctx, tx, number)
}

// caseReader is the casebook, in a transaction or beside one.
type caseReader interface {
	Case(ctx context.Context, number string) (rules.Case, error)
}

// follow loads a case, or the one that it was merged into, however often.
func follow(ctx context.Context, tx caseReader, number string) (rules.Case, bool, error) {
	for seen := map[string]bool{}; !seen[number]; {
		seen[number] = true
		c, err := tx.Case(ctx, number)
		if errors.Is(err, casebook.ErrNotFound) {
			return rules.Case{}, false, nil
		}
		if err != nil {
			return rules.Case{}, false, fmt.Errorf("case %s: %w", number, err)
		}
		if c.MergedInto == "" {
			return c, !c.IsForgotten(), nil // what is left of a forgotten customer's case is for the books alone
		}
		number = c.MergedInto
	}
	return rules.Case{}, false, fmt.Errorf("case %s: merged in a circle", number)
}

// mostNumbers is how many case numbers of one mail are looked up: a mail full of
// them would hold up all others.
const mostNumbers = 20

// caseByNumber joins a party by the number that he names. Anybody else's mail
// with that number is held: numbers can be guessed.
func (in *Intake) caseByNumber(ctx context.Context, tx *casebook.Tx, r Reading, j joined) (joined, error) {
	from := r.party("").Address
	numbers := rules.FindNumber(r.Message.Subject + "\n" + r.Facts.NewText)
	for _, number := range numbers[:min(len(numbers), mostNumbers)] {
		c, ok, err := follow(ctx, tx, number)
		if err != nil {
			return j, err
		}
		if !ok {
			continue
		}
		if !in.belongs(c, from, j.trust) {
			j.doubt = fmt.Sprintf("it names %s, to which %s is no party", c.Number, from)
			return j, nil
		}
		j.c, j.found = c, true
		return j, nil
	}
	return j, nil
}

// caseByNews finds the one open case that a carrier's or a manufacturer's robot
// speaks of: by our number, a parcel's or a ticket's. What fits several cases
// fits none. Anybody can send such a mail, so it is only ever noted.
func (in *Intake) caseByNews(ctx context.Context, tx *casebook.Tx, r Reading) (rules.Case, bool, error) {
	var found []rules.Case
	numbers := rules.FindNumber(r.Message.Subject + "\n" + r.Facts.NewText)
	for _, number := range numbers[:min(len(numbers), mostNumbers)] {
		c, ok, err := follow(ctx, tx, number)
		if err != nil {
			return rules.Case{}, false, err
		}
		if ok && c.State != rules.Closed {
			found = append(found, c)
		}
	}
	refs := r.Facts.References
	for kind, numbers := range map[casebook.RefKind][]string{casebook.RefTracking: refs.Tracking, casebook.RefVendorTicket: refs.VendorTicket} {
		cases, err := tx.OpenCasesByReference(ctx, kind, numbers[:min(len(numbers), mostNumbers)])
		if err != nil {
			return rules.Case{}, false, fmt.Errorf("cases by %s: %w", kind, err)
		}
		found = append(found, cases...)
	}
	if len(found) == 0 || slices.ContainsFunc(found, func(c rules.Case) bool { return c.ID != found[0].ID }) {
		return rules.Case{}, false, nil
	}
	return found[0], true, nil
}

// caseByMessage joins a party who answers a mail that is in the case but not
// ours: his own first one, or a colleague's.
func (in *Intake) caseByMessage(ctx context.Context, tx *casebook.Tx, r Reading, j joined) (joined, error) {
	from := r.party("").Address
	for _, id := range r.threadIDs() {
		cases, err := tx.CasesOfMessage(ctx, id)
		if err != nil {
			return j, fmt.Errorf("cases of mail %s: %w", id, err)
		}
		for _, caseID := range cases {
			c, err := tx.CaseByID(ctx, caseID)
			if err != nil {
				return j, fmt.Errorf("case of mail %s: %w", id, err)
			}
			c, ok, err := follow(ctx, tx, c.Number)
			if err != nil {
				return j, err
			}
			if ok && in.belongs(c, from, j.trust) {
				j.c, j.found = c, true
				return j, nil
			}
		}
	}
	return j, nil
}

// caseByUnit joins a second mail about a unit that has an open case of the
// same sender: one unit, one case.
func (in *Intake) caseByUnit(ctx context.Context, tx *casebook.Tx, r Reading, j joined) (joined, error) {
	from := r.party("").Address
	for _, item := range r.Claim.Items {
		for _, id := range []string{item.Serial, item.MAC} {
			if id == "" {
				continue
			}
			cases, err := tx.CasesBySerial(ctx, id)
			if err != nil {
				return j, fmt.Errorf("cases of unit %s: %w", id, err)
			}
			for _, c := range cases {
				if c.State != rules.Closed && in.belongs(c, from, j.trust) {
					j.c, j.found, j.byUnit = c, true, true
					return j, nil
				}
			}
		}
	}
	return j, nil
}

// trust says how sure it is that a mail comes from whom it names, before a
// thread token is looked at.
func (in *Intake) trust(ctx context.Context, tx *casebook.Tx, r Reading) (rules.Trust, error) {
	if r.Auth.DMARC == "fail" {
		return rules.Forged, nil
	}
	if r.credited() {
		if r.Auth.Aligned && in.isStaff(r.Message.From[0].Address) {
			return rules.Known, nil // a colleague vouches for the address, not for the words
		}
		return rules.Unknown, nil
	}
	if r.Auth.Aligned {
		return rules.Proven, nil
	}
	a, ok, err := tx.Address(ctx, r.party("").Address)
	if err != nil {
		return "", fmt.Errorf("what is known of the sender: %w", err)
	}
	if ok && (a.Trust == rules.Proven || a.Trust == rules.Known) {
		return rules.Known, nil
	}
	return rules.Unknown, nil
}

// isStaff: the address is of one of the domains of the desk's colleagues.
func (in *Intake) isStaff(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return slices.ContainsFunc(in.Desk.Staff, func(s string) bool { return strings.EqualFold(s, domain) })
}

// belongs: a party to the case, or a colleague of the customer's house who is
// proven to write from there.
func (in *Intake) belongs(c rules.Case, address string, trust rules.Trust) bool {
	return isParty(c, address) || trust == rules.Proven && in.sameHouse(c, address)
}

func isParty(c rules.Case, address string) bool {
	if address == "" {
		return false
	}
	for _, p := range c.Parties {
		if p.Address == address {
			return true
		}
	}
	return c.Customer.Address == address
}

// sameHouse: a colleague at the customer's own domain. A provider's domain
// makes no colleagues.
func (in *Intake) sameHouse(c rules.Case, address string) bool {
	_, mine, ok := strings.Cut(address, "@")
	_, his, _ := strings.Cut(c.Customer.Address, "@")
	return ok && mine == his && !slices.Contains(in.Policy.MailProviders, mine)
}
