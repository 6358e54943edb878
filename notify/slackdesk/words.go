package slackdesk

import (
	"fmt"
	"strings"

	"retour/rules"
)

// words are the texts that the staff read, in one language. Keys are
// "group.name"; a name is the constant of package rules where there is one.
type words map[string]string

// languages holds the words by language. A language need not have every word:
// what it lacks is said in English.
func languages() map[string]words {
	return map[string]words{"en": english()}
}

// wordsOf returns the words of a language, completed with the English ones.
func wordsOf(language string) (words, error) {
	own, ok := languages()[language]
	if !ok {
		return nil, fmt.Errorf("slack: no staff texts in language %q", language)
	}
	all := english()
	for k, v := range own {
		all[k] = v
	}
	return all, nil
}

// of returns the word for a name in a group; a name without a word is shown as
// it is, without underscores.
func (w words) of(group, name string) string {
	if s, ok := w[group+"."+name]; ok {
		return s
	}
	return strings.ReplaceAll(name, "_", " ")
}

// say fills a text.
func (w words) say(key string, args ...any) string {
	return fmt.Sprintf(w[key], args...)
}

func (w words) action(e rules.EventKind) string { return w.of("button", string(e)) }

func english() words {
	return words{
		"state.new":         "new",
		"state.info_needed": "information needed",
		"state.in_charge":   "in charge",
		"state.validated":   "validated",
		"state.received":    "received, under test",
		"state.quoted":      "quote sent",
		"state.in_process":  "in process",
		"state.uncollected": "to be collected",
		"state.closed":      "closed",

		"closing.success":            "with success",
		"closing.refused_commercial": "refused, not sold by us",
		"closing.refused_technical":  "refused, no fault",
		"closing.referred":           "referred",
		"closing.no_answer":          "the customer did not answer",
		"closing.not_shipped":        "the goods never came",
		"closing.withdrawn":          "withdrawn by the customer",
		"closing.collected":          "collected",
		"closing.disposed":           "disposed",
		"closing.merged":             "merged into another case",
		"closing.shadow":             "it was only to be looked at",

		"wait.new":         "staff to take charge",
		"wait.info_needed": "the customer's answer",
		"wait.in_charge":   "approval or refusal",
		"wait.validated":   "the goods",
		"wait.received":    "the test",
		"wait.quoted":      "the customer's written acceptance",
		"wait.in_process":  "repair, replacement, credit or the manufacturer",
		"wait.uncollected": "collection by the customer",

		"reason.":               "not stated",
		"reason.order_error":    "wrong order",
		"reason.delivery_error": "wrong delivery",
		"reason.defective":      "defective",

		"process.own":           "handled by us",
		"process.vendor_ticket": "needs the manufacturer's ticket",
		"process.vendor_direct": "the manufacturer's own RMA",
		"process.support_first": "needs our support's confirmation",

		"verdict.in_warranty":        "in warranty",
		"verdict.out_of_warranty":    "out of warranty",
		"verdict.refused_commercial": "refused: not sold by us",
		"verdict.refused_technical":  "refused: no fault",

		"outcome.covered":        "covered",
		"outcome.improper_use":   "improper use",
		"outcome.repairable":     "repairable at cost",
		"outcome.not_repairable": "not repairable",
		"outcome.no_fault_found": "no fault found",

		"resolution.repaired":       "repaired",
		"resolution.replaced":       "replaced",
		"resolution.credited":       "credited",
		"resolution.returned_as_is": "returned as it is",
		"resolution.collected":      "collected",
		"resolution.disposed":       "disposed",

		"trust.proven":  "sender proven",
		"trust.known":   "address known, sender not proven",
		"trust.unknown": "sender not proven",
		"trust.forged":  "sender forged",

		"language.en": "English",
		"language.fr": "French",
		"language.nl": "Dutch",
		"language.it": "Italian",
		"language.de": "German",

		"fact.manufacturer":   "manufacturer",
		"fact.model":          "model",
		"fact.serial":         "serial number",
		"fact.number":         "a second look at the serial number",
		"fact.reason":         "reason of the return",
		"fact.fault":          "what exactly does not work",
		"fact.vendor_ticket":  "manufacturer's ticket number",
		"fact.support_ticket": "our support's ticket number",
		"fact.order":          "order, invoice or delivery note number",
		"fact.purchase_date":  "date of purchase",
		"fact.unused":         "confirmation: unused, original packaging",
		"fact.ordered":        "what had been ordered",
		"fact.smaller_mail":   "the mail again, smaller",

		"event.request":                "asked for a return",
		"event.answer":                 "answered",
		"event.tracking":               "has shipped the goods",
		"event.quote_accepted":         "accepted the quote",
		"event.quote_declined":         "declined the quote",
		"event.withdrawal":             "withdrew the return",
		"event.question":               "asked how it stands",
		"event.take_charge":            "took charge",
		"event.ask":                    "asked the customer",
		"event.approve":                "approved",
		"event.refuse":                 "refused",
		"event.refer":                  "referred",
		"event.receive":                "received goods",
		"event.test_outcome":           "entered the test",
		"event.quote":                  "sent a quote",
		"event.accept_on_behalf":       "accepted the quote for the customer",
		"event.send_to_manufacturer":   "sent to the manufacturer",
		"event.back_from_manufacturer": "got back from the manufacturer",
		"event.credit":                 "credited",
		"event.ship":                   "shipped",
		"event.return_as_is":           "returned as it is",
		"event.collected":              "handed over",
		"event.dispose":                "disposed",
		"event.extend":                 "extended the term",
		"event.edit_facts":             "edited the facts",
		"event.split":                  "split the case",
		"event.merge":                  "merged the case",
		"event.assign":                 "assigned the case",
		"event.note":                   "noted",
		"event.reopen":                 "reopened",
		"event.resend":                 "sent the mail again",
		"event.fix_address":            "corrected the address",
		"event.tick":                   "the term ended",
		"event.delivery_failed":        "a mail could not be delivered",

		"notice.acknowledged":       "acknowledgement",
		"notice.question":           "question",
		"notice.question_reminder":  "reminder of the question",
		"notice.completed":          "all is there now",
		"notice.referral":           "referral",
		"notice.in_charge":          "in charge",
		"notice.validated":          "validated",
		"notice.refused":            "refusal",
		"notice.goods_reminder":     "reminder of the goods",
		"notice.received":           "received",
		"notice.quote":              "quote",
		"notice.quote_reminder":     "reminder of the quote",
		"notice.in_process":         "in process",
		"notice.uncollected":        "to be collected",
		"notice.collect_reminder":   "reminder to collect",
		"notice.shipped":            "shipped",
		"notice.credited":           "credited",
		"notice.returned":           "returned as it is",
		"notice.closed_no_answer":   "closed, no answer",
		"notice.closed_not_shipped": "closed, not shipped",
		"notice.closed_collected":   "closed, collected",
		"notice.closed_disposed":    "closed, disposed",
		"notice.withdrawn":          "withdrawal confirmed",
		"notice.status":             "state of the case",
		"notice.message":            "message",
		"notice.joined":             "put to the open case",
		"notice.merged":             "merged",
		"notice.parcel_refused":     "parcel refused",

		"actor.customer": "Customer",
		"actor.staff":    "Staff",
		"actor.clock":    "Clock",
		"actor.courier":  "Mail delivery",

		"button.take_charge": "Take charge",
		"button.ask":         "Ask…",
		"button.approve":     "Approve…",
		"button.refuse":      "Refuse…",
		"button.refer":       "Refer…",
		"button.resend":      "Retry",
		"button.fix_address": "Fix address…",

		"proposal.take_charge": "Proposed: take charge",
		"proposal.ask":         "Proposed: ask the customer",
		"proposal.approve":     "Proposed: approve",
		"proposal.refuse":      "Proposed: refuse",
		"proposal.refer":       "Proposed: refer to the manufacturer",

		"card.waits":    "*Waiting for* %s",
		"card.until":    " · by %s",
		"card.late":     " · :hourglass: *overdue*",
		"card.closed":   "*Closed* · %s",
		"card.shadow":   ":ghost: *Shadow mode:* nothing of this case is sent to the customer.",
		"card.customer": "Customer: %s",
		"card.language": "Language: %s · Reason: %s",
		"card.fault":    "“%s”",
		"card.missing":  "Asked: %s",

		"ref.vendor_ticket":  "manufacturer's ticket %s",
		"ref.support_ticket": "support ticket %s",
		"ref.order":          "order %s",
		"ref.invoice":        "invoice %s",
		"ref.delivery_note":  "delivery note %s",
		"ref.tracking":       "tracking %s",
		"ref.purchase_date":  "bought %s",

		"card.owner":       "Owner: %s",
		"card.no_owner":    "No owner yet",
		"card.siblings":    "From the same mail: %s",
		"card.merged":      "Merged into %s",
		"card.undelivered": ":warning: *The last mail to the customer did not arrive*",
		"card.items":       "%d items: %s",
		"card.more":        "… and %d more items",
		"card.quote":       "Quoted: %s",
		"card.credit":      "Credited: %s",
		"card.ordered":     "Ordered: %s",
		"card.note":        "Note: %s",
		"card.disposal":    "%s wants to dispose of the goods: a second click confirms it",
		"card.last":        "%s %s",

		"item.serial":      "serial %s",
		"item.mac":         "MAC %s",
		"item.ticket":      "ticket %s",
		"item.meant":       ":warning: %s; perhaps %s is meant",
		"item.weak":        ":warning: found only in older text: compare it with the label",
		"doubt.confusable": "a letter and a digit seem to be mixed up in the number",
		"doubt.conflict":   "text, label and MAC do not say the same number",
		"doubt.check":      "the number's check does not come out right",
		"item.nameless":    "unknown unit",
		"item.received":    "arrived",
		"item.at_vendor":   "with the manufacturer since %s",
		"item.vendor_rma":  "its number %s",
		"item.replaced_by": "replaced by %s",
		"item.of":          "%s of item %d",

		"warranty.until": "in warranty to %s",

		"entry.told":    "Mail to the customer: %s",
		"entry.untold":  "Mail that the customer would have got: %s",
		"shadow.title":  ":ghost: *Shadow mode: this mail was NOT sent*",
		"shadow.plain":  "shadow mode, this mail was not sent",
		"shadow.head":   "To: %s\nSubject: %s",
		"entry.changed": "%s → %s",

		"call.owner":  "%s this case waits for you.",
		"call.group":  "%s this case waits, and its owner has not acted yet.",
		"call.nobody": "%s this case waits, and nobody has taken charge of it.",

		"held.title":   ":raised_hand: *A mail waits for a person*",
		"held.from":    "From: %s",
		"held.subject": "Subject: %s",
		"held.why":     "Why: %s",

		"modal.ask":         "Ask the customer",
		"modal.approve":     "Approve",
		"modal.refuse":      "Refuse",
		"modal.refer":       "Refer",
		"modal.fix_address": "Fix the address",
		"modal.wait":        "One moment",
		"modal.told":        "Nothing was done",
		"modal.done":        "Done",
		"modal.preview":     "Show the mail",
		"modal.send":        "Send",
		"modal.do":          "Do it",
		"modal.cancel":      "Cancel",
		"modal.close":       "Close",
		"modal.loading":     "The desk is looking it up …",
		"modal.sending":     "The desk is at work. You may close this window.",
		"modal.done_text":   "It is done. The card shows how the case stands.",

		"form.text":         "Your words to the customer",
		"form.text_hint":    "In %s, the customer's language. They stand in the mail as you write them.",
		"form.whole":        "About the whole case",
		"form.every":        "Every item",
		"form.every_hint":   "For each item that has no choice of its own below.",
		"form.item":         "%d. %s",
		"form.kind":         "Why is it refused?",
		"form.commercial":   "Commercial: not among the units that we sold",
		"form.technical":    "Technical: no condition of a fault is met",
		"form.link":         "Link",
		"form.link_hint":    "Empty: the manufacturer's page of the policy.",
		"form.address":      "Mail address",
		"form.choose":       "Choose",
		"form.accepted":     "Choose nothing to accept it.",
		"form.many":         "This case has %d items. The choice above is for those that are not listed.",
		"form.mail":         ":envelope: *This mail goes out when you press Send*",
		"form.mails":        ":envelope: *These %d mails go out when you press Send*",
		"form.no_mail":      "No mail goes out.",
		"form.changed":      "You have changed something: this is the mail as it is now.",
		"form.mail_head":    "To: %s\nSubject: %s",
		"form.mail_more":    "… %d more characters",
		"form.missing_text": "Please write what the customer is told.",
		"form.missing_kind": "Please choose one.",
		"form.missing_fact": "Please tick what to ask, or write it below.",
		"form.bad_link":     "This must be a whole address that begins with https:// or http://.",
		"form.bad_address":  "This is not a mail address.",

		"refused.stranger":    "You may not act on returns. Ask the person who runs the returns desk to add you.",
		"refused.action":      "You may see returns, but this is left to others of the staff. Ask the person who runs the returns desk.",
		"refused.guest":       "Guests may not act on returns.",
		"refused.team":        "People of another workspace may not act on returns.",
		"refused.bot":         "Bots may not act on returns.",
		"refused.deactivated": "This account is deactivated.",
		"refused.unsure":      "Slack does not tell at the moment who you are. Nothing was done; please try again in a minute.",

		"told.stale":      "%s has changed since this button was drawn, so nothing was done. Now: %s.",
		"told.last":       "%s Last: %s.",
		"told.not_now":    "%s is %s now: this is not possible any more. Nothing was done.",
		"told.trouble":    "The desk could not do it. Nothing was done; please try again. The log of the desk says why.",
		"told.no_preview": "The mail could not be made. Nothing was done; the log of the desk says why.",
		"told.expired":    "Slack was too slow to open the window. Please press the button again.",
		"told.unreadable": "This button is not one of ours any more. Nothing was done.",

		"fallback.card": "%s: %s, %s, %s",
		"fallback.call": "%s needs somebody",
		"fallback.wait": " – waiting for %s",
		"fallback.held": "A mail waits for a person: %s",
	}
}
