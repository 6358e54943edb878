package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// ErrLiveCases is returned by [Intake.Begin] where shadow mode would let the
// clocks of real customers run without a word to them.
var ErrLiveCases = errors.New("cases of real customers are open")

// Begin makes a casebook ready for the mode that the desk is started in. A
// shadow must find no open case of a real customer; a desk that works for real
// closes what the shadow has left, so that nothing of it is ever sent.
func (in *Intake) Begin(ctx context.Context) error {
	in = in.current()
	open, err := in.openCases(ctx, !in.Shadow)
	if err != nil {
		return err
	}
	if in.Shadow && len(open) > 0 {
		return fmt.Errorf("%w: %d of them, such as %s", ErrLiveCases, len(open), open[0].Number)
	}
	for _, c := range open {
		err := in.write(ctx, func(tx *casebook.Tx) error {
			b := &booking{event: rules.Event{Kind: rules.EvNote, Actor: rules.Actor{Kind: rules.ByClock}}, before: c, decision: rules.EndShadow(in.Policy, c, tx.Now())}
			_, err := in.book(ctx, tx, b, nil)
			return err
		})
		if err != nil {
			return fmt.Errorf("end the shadow case %s: %w", c.Number, err)
		}
	}
	return nil
}

// openCases are the open cases of shadow mode, or the others.
func (in *Intake) openCases(ctx context.Context, shadow bool) ([]rules.Case, error) {
	filter := casebook.CaseFilter{Shadow: &shadow}
	for _, s := range rules.States() {
		if s != rules.Closed {
			filter.States = append(filter.States, s)
		}
	}
	return in.Book.Cases(ctx, filter)
}

// otherTime is why nothing is done about a case of the other mode.
func otherTime(c rules.Case) string {
	if c.Shadow {
		return fmt.Sprintf("%s is a case of shadow mode: its customer has had no mail of this desk, so a person must answer", c.Number)
	}
	return fmt.Sprintf("the desk is in shadow mode, and %s is a case of a real customer: nothing is done about it now", c.Number)
}

// shadow keeps a mail from ever leaving and shows it in the thread of its case.
func (in *Intake) shadow(ctx context.Context, tx *casebook.Tx, id int64, body []byte, p posting) error {
	if err := tx.Shadow(ctx, id, cmp.Or(p.withheld, "the desk is in shadow mode")); err != nil {
		return fmt.Errorf("keep mail %s back: %w", p.key, err)
	}
	if !in.Slack {
		return nil
	}
	key := "shadow/" + p.key
	_, _, err := tx.Enqueue(ctx, casebook.Row{Lane: fmt.Sprintf("slack/%d", p.caseID), Kind: string(notify.DeliverShadow), Key: key,
		CaseID: p.caseID, HistoryID: p.history, LedgerID: p.ledger, Body: body})
	if err != nil {
		return fmt.Errorf("leave %s for Slack: %w", key, err)
	}
	return nil
}
