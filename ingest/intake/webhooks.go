package intake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"retour/notify"
	"retour/rules/casebook"
)

// toNeighbours leaves the webhooks that tell of what was just stored. A case of
// shadow mode is told to nobody.
func (in *Intake) toNeighbours(ctx context.Context, tx *casebook.Tx, history int64, stored casebook.Booking, splitFrom string) error {
	c := stored.Decision.Case
	if len(in.Endpoints) == 0 || in.Shadow || c.Shadow {
		return nil
	}
	h := notify.Happening{Entry: history, At: tx.Now(), Before: stored.Before, Event: stored.Event, Decision: stored.Decision,
		Money: stored.Marks.Money, SplitFrom: splitFrom, Text: stored.Text}
	for _, w := range h.Webhooks() {
		id := notify.WebhookID(in.Secret, w)
		for _, e := range in.Endpoints {
			if !e.Wants(w.Type) {
				continue
			}
			body, err := e.Body(w, h.People())
			if err != nil {
				return err
			}
			kind := string(e.Kind())
			row := casebook.Row{Lane: fmt.Sprintf("%s/%d", kind, c.ID), Kind: kind, Key: kind + "/" + id, CaseID: c.ID, HistoryID: history, MessageID: id, Body: body}
			if _, _, err := tx.Enqueue(ctx, row); err != nil {
				return fmt.Errorf("leave %s for %s: %w", w.Type, e.Name, err)
			}
		}
	}
	return nil
}

// neighbourLost tells people that an endpoint did not get a webhook: once a day, for
// where one is lost there are others.
func (in *Intake) neighbourLost(ctx context.Context, tx *casebook.Tx, row casebook.Row, why string) error {
	name := notify.EndpointOf(row.Kind)
	key := fmt.Sprintf("webhooks/%s/%s", name, tx.Now().In(in.Policy.Location()).Format(time.DateOnly))
	return in.alert(ctx, tx, key, fmt.Sprintf("A webhook for %s was given up: %s. All of them: retour webhooks dead", name, why), true)
}

// NeighbourGone takes in that an endpoint answered that it wants no webhooks any
// more. They wait until somebody has looked.
func (in *Intake) NeighbourGone(ctx context.Context, row casebook.Row, why string) error {
	in = in.current()
	name := notify.EndpointOf(row.Kind)
	err := in.write(ctx, func(tx *casebook.Tx) error {
		if err := tx.Shut(ctx, row.Kind); err != nil {
			return err
		}
		key := fmt.Sprintf("webhooks/%s/gone/%d", name, row.ID)
		return in.alert(ctx, tx, key, fmt.Sprintf("%s wants no webhooks any more (%s). They wait. Take it out of the configuration, or: retour webhooks enable %s", name, why, name), true)
	})
	if err != nil {
		return fmt.Errorf("shut %s: %w", name, err)
	}
	return nil
}

// impersonal takes a person out of the webhooks about a case that have not left.
func (r *forgetRun) impersonal(ctx context.Context, tx *casebook.Tx, id int64) error {
	rows, err := tx.WaitingOf(ctx, id)
	if err != nil {
		return err
	}
	for _, row := range rows {
		body, err := notify.Impersonal(row.Body, r.t.Person, slices.Contains(r.t.Own, id))
		if err != nil {
			return fmt.Errorf("outbox row %d: %w", row.ID, err)
		}
		if err := tx.Rewrite(ctx, row.ID, body); err != nil {
			return err
		}
	}
	return nil
}
