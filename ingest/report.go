package ingest

import (
	"bufio"
	"bytes"
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// parseStatus reads message/delivery-status (RFC 3464): one block of fields
// about the mail, then one for each recipient. A recipient that failed counts
// before one that did not.
func parseStatus(data []byte, before *Report) *Report {
	r := before
	if r == nil {
		r = &Report{}
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	for _, block := range bytes.Split(data, []byte("\n\n")) {
		h := statusFields(block)
		action := strings.ToLower(firstWord(fieldOf(h, "Action")))
		recipient := reached(h)
		if recipient == "" && action == "" {
			continue
		}
		if action == "failed" || action == "" {
			r.add(recipient)
		}
		if r.Action != "" && (r.Action == "failed" || action != "failed") {
			continue
		}
		r.Recipient = recipient
		r.Action = action
		r.Status = statusCode.FindString(fieldOf(h, "Status"))
		r.Diagnostic = strings.TrimSpace(afterType(fieldOf(h, "Diagnostic-Code")))
	}
	return r
}

// parseReceipt reads message/disposition-notification (RFC 8098). What a server
// deletes or denies by itself was refused (RFC 5429, 2.2): it failed.
func parseReceipt(data []byte) *Report {
	h := statusFields(data)
	r := &Report{Recipient: reached(h), OriginalID: messageID(fieldOf(h, "Original-Message-Id")), Diagnostic: fieldOf(h, "Disposition")}
	mode, what, _ := strings.Cut(strings.ToLower(r.Diagnostic), ";")
	r.Action = firstWord(strings.ReplaceAll(what, "/", " "))
	if strings.HasPrefix(mode, "automatic-action") && r.Action != "displayed" && r.Action != "processed" && r.Action != "dispatched" {
		r.Action = "failed"
		r.add(r.Recipient)
	}
	return r
}

// headerOnly is a returned mail of which only the header came back.
func headerOnly(data []byte, limit int) *Message {
	m := &Message{}
	h, _ := m.readHeader(data, limit, "")
	m.fillHeader(h)
	return m
}

// reached is whom the mail was for: the address that it was sent to, where the
// server tells it, before the one that it was rewritten to.
func reached(h textproto.Header) string {
	best := ""
	for _, field := range []string{"Original-Recipient", "Final-Recipient", "X-Actual-Recipient"} {
		if a := typed(fieldOf(h, field)); wholeAddress.MatchString(a) {
			return a
		} else if best == "" {
			best = a
		}
	}
	return best
}

// add notes one more address that failed.
func (r *Report) add(address string) {
	const most = 100
	if address != "" && len(r.Failed) < most && !slices.Contains(r.Failed, address) {
		r.Failed = append(r.Failed, address)
	}
}

func statusFields(block []byte) textproto.Header {
	clean, _, _ := splitHeader(block, longField)
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(clean)))
	return h
}

// typed takes the address out of "rfc822; user@example.org".
func typed(s string) string {
	return cleanAddress(firstWord(strings.TrimSpace(afterType(s))))
}

func afterType(s string) string {
	if _, rest, ok := strings.Cut(s, ";"); ok {
		return rest
	}
	return s
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

var (
	statusCode   = newPattern(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	replyLine    = newPattern(`(?m)^.*\b[45]\d\d[ -].*$`)
	anyAddress   = newPattern(`[A-Za-z0-9._%+'=/-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	quotedID     = newPattern(`(?im)^[> \t]*Message-ID:[ \t]*<([^<>\s]+)>`)
	bounceSender = newPattern(`(?i)^(?:mailer-?daemon|post_?master|mail-?daemon|postmaster|mail\.daemon|mdaemon|microsoftexchange[0-9a-f]*|maildelivery|mail-delivery-subsystem)@?`)
	bounceName   = newPattern(`(?i)mail ?delivery (?:sub)?system|mailer[- ]daemon|postmaster|internet mail delivery|system administrator|systemadministrator|mail administrator`)
	bounceTitle  = newPattern(`(?i)^(?:undeliver|undelivered mail|delivery (?:status notification|failure|has failed|failed|report|notification|unsuccessful)|` +
		`mail delivery (?:failed|failure|system)|failure notice|returned mail|mail (?:could not be delivered|system error|failure)|` +
		`message (?:delivery failure|undeliverable|status - undeliverable|not delivered)|non[- ]?(?:remis|delivery)|warning: (?:could not send|message .* delayed)|` +
		`delayed mail|unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|fehlgeschlagene zustellung|mail-zustellung|` +
		`échec de (?:la )?(?:remise|distribution)|non remis|message non (?:remis|distribué)|retour de courrier|` +
		`onbestelbaar|niet te bezorgen|niet bezorgd|mislukte bezorging|` +
		`mancata consegna|non recapitabile|impossibile recapitare|avviso di mancata consegna|messaggio non (?:consegnato|recapitato)|errore (?:nella )?consegna|` +
		`\*\*\*? ?(?:undeliverable|bounce)|could not deliver|e?-?mail (?:not )?(?:un)?deliver|failed mail|mail failed|.{0,40}mail failure|your (?:message|e-?mail) .{0,60}(?:could not be|was not|couldn.t be) delivered|returning to sender|rejected mail|nondeliverable|undeliverable|no se (?:puede|pudo) entregar|não (?:foi )?entregue|niedostarczalne|zwrot:|недоставлен|kan (?:inte|ikke) lever|nedoručitelné|kézbesítetlen)`)
	bounceText = newPhrase(`(?i)(?:could not be delivered|was not delivered|wasn't delivered|couldn't be delivered|couldn't deliver|unable to deliver|could not deliver|` +
		`delivery to the following recipients? (?:has )?(?:been )?(?:failed|delayed)|did not reach the following recipient|has been rejected|no such user|user unknown|mailbox (?:is )?full|mailbox unavailable|` +
		`undeliverable|permanent (?:fatal )?error|this is the mail system at host|permanently failed|delivery (?:has )?failed|returned to sender|address(?:es)? had (?:permanent|transient)|` +
		`konnte(?:n)? nicht (?:zugestellt|übermittelt)|nicht zugestellt werden|n'a pas pu être (?:remis|délivré|distribué)|n’a pas pu être|kon niet worden (?:bezorgd|afgeleverd)|non è stato (?:possibile )?(?:consegn|recapit)|impossibile (?:consegnare|recapitare))`)
)

// finishReport completes a report, or reads one from the text: of servers that
// know no RFC 3464, such as qmail, Exim, Notes, older Exchange and providers
// with forms of their own, and of those that say half of it in words.
func (m *Message) finishReport() {
	if kind, _ := certified(m, Desk{}); kind == Bounce {
		m.Report = &Report{Action: "failed", OriginalID: messageID(m.first("X-Riferimento-Message-Id"))}
	}
	said := m.Report != nil || strings.HasPrefix(strings.ToLower(m.first("Content-Type")), "multipart/report") && !isReceipt(m)
	if !said && m.first("X-Failed-Recipients") == "" && !looksBounced(m) {
		return
	}
	if m.Report == nil {
		m.Report = &Report{Action: "failed"}
		if delayed.MatchString(m.Subject) {
			m.Report.Action = "delayed"
		}
	}
	r, text := m.Report, m.Text[:min(len(m.Text), 16<<10)]
	if !wholeAddress.MatchString(r.Recipient) {
		r.Failed = slices.DeleteFunc(r.Failed, func(a string) bool { return !wholeAddress.MatchString(a) })
		for _, a := range m.failedInText(text) {
			r.add(a)
		}
		if len(r.Failed) > 0 {
			r.Recipient = r.Failed[0]
		}
	}
	if r.Status == "" || strings.HasSuffix(r.Status, ".0.0") {
		if code := statusCode.FindString(r.Diagnostic + "\n" + text); code != "" {
			r.Status = code
		}
	}
	if r.Diagnostic == "" {
		r.Diagnostic = strings.TrimSpace(replyLine.FindString(text))
	}
	m.linkOriginal()
}

// isReceipt tells a multipart/report that is none of delivery.
func isReceipt(m *Message) bool {
	_, params := parseParams(m.first("Content-Type"))
	kind := strings.ToLower(params["report-type"])
	return kind != "" && kind != "delivery-status"
}

var (
	wholeAddress = newPattern(`^[^@\s/]+@[^@\s/]+\.[^@\s/]+$`)
	atLineStart  = newPattern(`(?m)^[ \t]*[*•-]*[ \t]*(?:[45]\d\d[ -](?:[45]\.\d+\.\d+ )?)?[<'"]?([A-Za-z0-9._%+=-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)[>'"]?(?:[ \t]*$|[ \t]*[:;,(]|\.\.\.|[ \t]+[A-Z(])`)
	afterWord    = newPattern(`(?i)(?:\b(?:to|recipients?|address|for|an|für|à|a|per|aan|voor|user|mailbox|empfänger|destinataires?|destinatari[oi]|ontvangers?)[ :\t]+\n?|smtp=|rcpt to)[ \t*-]*[<'"(]*([A-Za-z0-9._%+=-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)`)
	returnedMail = newPattern(`(?im)^\W*(?:below this line is a copy|(?:this|here) is a copy of|a copy of the original|original message|start of returned message|unsent message below|returned message|message headers? follow|received: (?:from|by)|return-path: |message-id: |x-mailer: )`)
	noRecipient  = newPattern(`(?i)^(?:post_?master|mailer-?daemon|abuse|hostmaster|support|noreply|no-reply)@`)
)

// failedInText finds the addresses that a report in words is about: those that
// stand at the head of a line, or behind "to", before the returned mail begins.
func (m *Message) failedInText(text string) []string {
	var found []string
	for a := range strings.SplitSeq(m.first("X-Failed-Recipients"), ",") {
		if a = cleanAddress(a); a != "" {
			found = append(found, a)
		}
	}
	if len(found) > 0 {
		return found
	}
	if i := returnedMail.FindStringIndex(text); i != nil && strings.Contains(text[:i[0]], "@") {
		text = text[:i[0]]
	}
	for _, expr := range []*pattern{atLineStart, afterWord, anyAddress} {
		for _, hit := range expr.FindAllStringSubmatch(text, 200) {
			a := strings.ToLower(strings.Trim(hit[len(hit)-1], "."))
			if !noRecipient.MatchString(a) && !m.isParty(a) && !slices.Contains(found, a) {
				found = append(found, a)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return m.returnedTo()
}

// isParty tells an address of the report itself.
func (m *Message) isParty(address string) bool {
	same := func(a Address) bool { return a.Address == address }
	return slices.ContainsFunc(m.From, same) || slices.ContainsFunc(m.To, same)
}

// returnedTo is whom the returned mail was for.
func (m *Message) returnedTo() []string {
	for _, a := range m.Attachments {
		if a.Message == nil || len(a.Message.To) == 0 {
			continue
		}
		return []string{a.Message.To[0].Address}
	}
	return nil
}

var delayed = newPattern(`(?i)delay|verzögert|vertraagd|retard|ritardo|warning`)

// looksBounced needs two signs: who it comes from, and what it says.
func looksBounced(m *Message) bool {
	if strings.HasPrefix(strings.ToLower(m.first("Content-Type")), "multipart/report") {
		return false // says itself what it is
	}
	from := ""
	if len(m.From) > 0 {
		from = m.From[0].Address
	}
	signs := 0
	if len(m.From) == 0 {
		signs++
	}
	if bounceSender.MatchString(from) || len(m.From) > 0 && bounceName.MatchString(m.From[0].Name) {
		signs++
	}
	if m.HasReturn && m.ReturnPath == "" {
		signs++
	}
	if returnsMail(m, from) || plainlyBounced.in(cut(m.Text, 1<<10)) {
		return true
	}
	title := bounceTitle.MatchString(bareSubject(m.Subject))
	if title {
		signs++
	}
	if signs == 0 || signs == 1 && !title && !bounceSender.MatchString(from) {
		return false
	}
	return signs > 1 && title || bounceText.in(m.Text[:min(len(m.Text), 8<<10)])
}

// returnsMail tells a server that sends a mail back: by name and by what it
// has attached, or by qmail's own words in the trace. The language of the rest
// does not matter.
func returnsMail(m *Message, from string) bool {
	for _, v := range m.Header["Received"] {
		if strings.Contains(v, "invoked for bounce") && strings.HasPrefix(v, "(qmail") {
			return true
		}
	}
	return mailerDaemon.MatchString(from) && (hasPart(m, "message/rfc822") || hasPart(m, "text/rfc822-headers"))
}

var (
	mailerDaemon = newPattern(`(?i)^mailer-?daemon(?:@|$)`)
	// plainlyBounced is a sentence that only a server writes: a mail, that it
	// did not arrive, and an address.
	plainlyBounced = newPhrase(`(?i)(?:your|the following|this|original) (?:message|mail|e-mail)[^.@]{0,60}(?:could not be|was not|cannot be|couldn't be|wasn't) delivered[^@]{0,60}[\w.+-]+@|` +
		`(?:ihre|die|folgende) (?:nachricht|e-?mail|mail)[^.@]{0,60}konnte[^.@]{0,60}nicht[^.@]{0,20}zugestellt[^@]{0,60}[\w.+-]+@|` +
		`votre (?:message|courriel|e-mail|mail)[^.@]{0,40}n['’]a pas p[uû] [êe]tre (?:remis|d[ée]livr[ée]|distribu[ée])[^@]{0,60}[\w.+-]+@|` +
		`(?:uw|je) (?:bericht|e-?mail|mail)[^.@]{0,60}(?:kon niet|is niet)[^.@]{0,30}(?:bezorgd|afgeleverd)[^@]{0,60}[\w.+-]+@|` +
		`(?:il suo|il tuo|il vostro) (?:messaggio|e-?mail)[^.@]{0,40}non [èe] stato (?:possibile )?(?:consegnat|recapitat|consegnar|recapitar)[^@]{0,60}[\w.+-]+@`)
)

// linkOriginal completes a report with the Message-ID of the returned mail: of
// the mail that is attached, of its header that is attached or quoted, or of
// the mail that the report answers.
func (m *Message) linkOriginal() {
	if m.Report.OriginalID != "" {
		return
	}
	for _, a := range m.Attachments {
		if a.Message != nil && a.Message.MessageID != "" {
			m.Report.OriginalID = a.Message.MessageID
			return
		}
	}
	if found := quotedID.FindStringSubmatch(m.Text); found != nil {
		m.Report.OriginalID = found[1]
	} else if len(m.InReplyTo) > 0 {
		m.Report.OriginalID = m.InReplyTo[0]
	} else if len(m.References) > 0 {
		m.Report.OriginalID = m.References[len(m.References)-1]
	}
}

// first is the first value of a header field, decoded.
func (m *Message) first(key string) string {
	if v := m.Header[key]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}
