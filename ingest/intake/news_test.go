package intake

import (
	"strings"
	"testing"

	"retour/rules/casebook"
)

// A carrier's robot knows no thread: its news stands beside the case that names
// the parcel, and changes nothing in it.
func TestNewsOfAMachineFindsItsCase(t *testing.T) {
	const parcel = "1Z999AA10123456784" // the carrier's own example, with a right check digit
	robot := func(subject, text string) letter {
		return letter{from: "noreply@parcels.example", id: strings.ReplaceAll(subject, " ", "-") + "@parcels.example", subject: subject,
			extra: "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\n", text: text}
	}
	for _, c := range []struct {
		name, subject, text string
		tied                bool
	}{
		{"tracking number", "Delivered", "Your parcel was delivered.\nTracking number: " + parcel, true},
		{"our number", "Delivered", "Your reference {number}: delivered at the dock.", true},
		{"manufacturer's ticket", "Ticket updated", "Grandstream helpdesk ticket 20261115093422 was updated.", true},
		{"another parcel", "Delivered", "Your parcel was delivered.\nTracking number: 1Z12345E0205271688", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			opening := request(ann, "first@shop.example")
			b.take(opening)
			news := letter{from: ann, id: "second@shop.example", reply: "<first@shop.example>", subject: "Re: Defective phone", auth: "pass",
				text: "The phone is on its way with UPS, tracking number " + parcel + "."}
			b.take(news)
			before := b.one()
			row := b.take(robot(c.subject, strings.ReplaceAll(c.text, "{number}", before.Number)))
			if row.Fate != casebook.FateNoted || (row.CaseNumber == before.Number) != c.tied {
				t.Errorf("fate %s, case %q: %s", row.Fate, row.CaseNumber, row.Why)
			}
			after := b.one()
			if after.State != before.State || row.Answered {
				t.Errorf("a machine moved the case: %s -> %s, answered %v", before.State, after.State, row.Answered)
			}
		})
	}
}

func TestNewsOfTwoCasesJoinsNeither(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"one", "two"} {
		l := request(id+"@"+id+".example", id+"@shop.example")
		l.text = strings.Replace(l.text, "308C605F", map[string]string{"one": "308C605F", "two": "308C6060"}[id], 1)
		b.take(l)
	}
	if n := len(b.cases()); n != 2 {
		t.Fatalf("%d cases", n)
	}
	row := b.take(letter{from: "noreply@grandstream.com", id: "n@grandstream.com", subject: "Ticket updated",
		extra: "Auto-Submitted: auto-generated\r\n", text: "Grandstream helpdesk ticket 20261115093422 was updated."})
	if row.Fate != casebook.FateNoted || row.CaseNumber != "" {
		t.Errorf("fate %s, case %q", row.Fate, row.CaseNumber)
	}
}
