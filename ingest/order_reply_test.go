package ingest

import (
	"strings"
	"testing"
)

// TestReturnsOrder: who answers the paper of a sale and would give its goods back names
// none of them; a question about the order, and a paper of several models, give none.
func TestReturnsOrder(t *testing.T) {
	cat := catalogue(t)
	const one, two = "1 x Snom D735 (S/N CHNLB22061800415)", "1 x Snom D735\n> 1 x Snom D785"
	for _, c := range []struct{ subject, text, listed, want string }{
		{"RE: Order confirmation SO-118802", "We do not need this one, a colleague had ordered it already. Can we send it back? Not unpacked.", one, "D735"},
		{"AW: Auftragsbestätigung 4711", "das hatte der Kollege schon bestellt, wir haben es doppelt. Können wir es zurückschicken? Noch verpackt.", one, "D735"},
		{"RE: Confirmation de commande 4711", "celui-ci a été commandé deux fois, nous voudrions le retourner, il n'est pas déballé.", one, "D735"},
		{"RE: Orderbevestiging 4711", "dit was dubbel besteld, kunnen we het terugsturen? Nog niet uitgepakt.", one, "D735"},
		{"R: Conferma d'ordine 4711", "l'avevamo già ordinato, vorremmo restituirlo, è ancora imballato.", one, "D735"},
		{"RE: Order confirmation SO-118802", "We do not need this one any more. Can we send it back?", two, ""},
		{"RE: Order confirmation SO-118802", "Thanks. When will it be delivered?", one, ""},
		{"RE: Ticket 4711", "Can we send it back?", one, ""},
	} {
		body := c.text + "\n\nKim\n\nOn 3 March 2026 at 10:00, Sales <sales@desk.example> wrote:\n> Thank you for your order.\n> " + c.listed + "\n"
		raw := mailWith("Subject: "+c.subject+"\r\nIn-Reply-To: <a@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n", strings.ReplaceAll(body, "\n", "\r\n"))
		got := ""
		for _, u := range Extract(cat, Parse(raw, DefaultLimits()), desk).Units {
			got += u.Model
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
