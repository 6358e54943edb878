package ingest

import "strings"

// kindByContent tells a person's mails apart.
func (r *reading) kindByContent(f *Facts) (Kind, string) {
	m := r.msg
	withNumber := false
	for _, u := range f.Units {
		withNumber = withNumber || u.Serial != "" || u.MAC != ""
	}
	if why := listMail(m); why != "" && !withNumber && !strings.HasPrefix(why, "Precedence") && !ourList(m, r.desk) {
		return News, why
	}
	if robotSender(m) {
		return News, "comes from " + sender(m).Address
	}
	if spam(m) {
		return Other, "marked as spam"
	}
	if k, why := r.running(f, withNumber); k != "" {
		return k, why
	}
	text := r.subject + "\n" + r.all
	switch {
	case withNumber:
		return Request, "names a unit"
	case asksStanding(r.subject + "\n" + plain(f.NewText)):
		return Reply, "asks how a return stands"
	case selling.in(text) && f.Fault == "":
		return Other, "asks for a price or goods"
	case len(f.Units) > 0 && (f.Reason != "" || returning.in(text)):
		return Request, "names a unit to return"
	case f.Reason != "" && returning.in(text):
		return Request, "speaks of a return and why"
	case asksReturn.in(text):
		return Request, "asks for a return"
	case f.Reason != "" && f.Fault != "" && len(m.Attachments) > 0:
		return Request, "speaks of a fault, with something attached"
	}
	return Other, "nothing of a return in it"
}

var asksReturn = newPhrase(`(?i)(?:\brma\b|rma-?(?:nummer|number|antrag|request)|(?:return|rma) (?:number|request|form|authori[sz]ation)|rücksendung|retourenschein|reklamation|numéro de retour|demande de retour|retournummer|retouraanvraag|richiesta (?:di )?reso|autorizzazione (?:al )?reso)`)

func spam(m *Message) bool {
	return strings.EqualFold(firstWord(m.first("X-Spam-Flag")), "yes") || strings.HasPrefix(strings.ToLower(m.first("X-Spam-Status")), "yes")
}

// running tells a mail in a case that runs already: it names our number, it
// answers a mail of ours, or it answers a quote.
func (r *reading) running(f *Facts, withNumber bool) (Kind, string) {
	m := r.msg
	answers := r.answers()
	switch {
	case len(f.References.RMA) > 0 && !fwPrefix.MatchString(m.Subject):
		return Reply, "names the return " + f.References.RMA[0]
	case f.Answer != "" && answers:
		return Reply, "answers a quote"
	case answers && withNumber && !r.oursBefore():
		return "", "" // a new return, written as an answer to something else
	case answers && !fwPrefix.MatchString(m.Subject):
		return Reply, "answers an earlier mail"
	case f.Answer != "" || f.Withdrawal && len(f.Units) == 0:
		return Reply, "answers without the thread"
	}
	return "", ""
}

// answers tells a mail that answers another.
func (r *reading) answers() bool {
	return len(r.msg.InReplyTo) > 0 || rePrefix.MatchString(r.msg.Subject)
}

// oursBefore tells whether the mail that is answered was the desk's. Where the
// desk's addresses are not known it is taken for ours.
func (r *reading) oursBefore() bool {
	if len(r.desk.Addresses) == 0 {
		return true
	}
	older := strings.ToLower(r.parts.older)
	for _, a := range r.desk.Addresses {
		if strings.Contains(older, a) {
			return true
		}
		for _, id := range r.msg.InReplyTo {
			if domainOf(strings.ToLower(id)) == domainOf(a) {
				return true
			}
		}
	}
	return false
}

// settle drops what a mail of this kind cannot mean.
func (r *reading) settle(f *Facts) {
	switch f.Kind {
	case Bounce, OwnMail, AutoReply, News, Other:
		f.Units, f.Reason, f.Answer, f.Fault, f.PurchaseDate = nil, "", "", "", ""
		f.Withdrawal, f.Question, f.Unused = false, false, false
	case Reply:
		if f.Answer != "" {
			f.Units = nil
		}
		f.Units = withNumbers(f.Units)
		if !r.saysBought() {
			f.PurchaseDate = ""
		}
		f.Question = f.Question && len(f.Units) == 0 && f.Answer == ""
	case Request:
		f.Answer, f.Question = "", false
	}
}

// saysBought: in a running case a day counts as that of purchase only when it
// is called so; parcels and visits have their days too.
func (r *reading) saysBought() bool { return bought.in(strings.Join(r.newLines, " ")) }

// withNumbers keeps the units that are told apart by a number: a running case
// knows its models already.
func withNumbers(units []Unit) []Unit {
	var out []Unit
	for _, u := range units {
		if u.Serial != "" || u.MAC != "" {
			out = append(out, u)
		}
	}
	return out
}
