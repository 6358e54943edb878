package casebook

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retour/rules"
)

func TestAttachments(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	c, other := openCase(t, b, rules.Case{}), openCase(t, b, rules.Case{})
	first, second := seen(t, b, 1), seen(t, b, 2)
	label := Attachment{LedgerID: first.ID, Part: 0, Name: "label.jpg", MediaType: "image/jpeg", Size: 1234}
	invoice := Attachment{LedgerID: second.ID, Part: 1, Name: "invoice.pdf", MediaType: "application/pdf", Size: 5}
	for _, list := range [][]Attachment{{invoice}, {label}, {label}} { // the same mail again changes nothing
		err := b.Write(ctx, noon, func(tx *Tx) error { return tx.AddAttachments(context.Background(), c.ID, list) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]Attachment{label, invoice}, must(b.Attachments(ctx, c.ID))(t)); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
	if list := must(b.Attachments(ctx, other.ID))(t); len(list) > 0 {
		t.Errorf("another case has them too: %v", list)
	}
}
