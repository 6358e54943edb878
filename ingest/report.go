package ingest

import (
	"bufio"
	"bytes"
	"regexp"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// parseStatus reads message/delivery-status (RFC 3464): one block of fields
// about the mail, then one for each recipient. The recipient that failed counts
// before one that did not.
func parseStatus(data []byte, before *Report) *Report {
	r := before
	if r == nil {
		r = &Report{}
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	for _, block := range bytes.Split(data, []byte("\n\n")) {
		h := statusFields(block)
		action := strings.ToLower(firstWord(h.Get("Action")))
		recipient := h.Get("Final-Recipient")
		if recipient == "" {
			recipient = h.Get("Original-Recipient")
		}
		if recipient == "" && action == "" {
			continue
		}
		if r.Action != "" && (r.Action == "failed" || action != "failed") {
			continue
		}
		r.Recipient = typed(recipient)
		r.Action = action
		r.Status = statusCode.FindString(h.Get("Status"))
		r.Diagnostic = strings.TrimSpace(afterType(h.Get("Diagnostic-Code")))
	}
	return r
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
	statusCode   = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	replyLine    = regexp.MustCompile(`(?m)^.*\b[45]\d\d[ -].*$`)
	anyAddress   = regexp.MustCompile(`[A-Za-z0-9._%+'=/-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	quotedID     = regexp.MustCompile(`(?im)^[> \t]*Message-ID:[ \t]*<([^<>\s]+)>`)
	bounceSender = regexp.MustCompile(`(?i)^(?:mailer-?daemon|post_?master|mail-?daemon|postmaster|mail\.daemon|mdaemon|microsoftexchange[0-9a-f]*|maildelivery|mail-delivery-subsystem)@?`)
	bounceName   = regexp.MustCompile(`(?i)mail ?delivery (?:sub)?system|mailer[- ]daemon|postmaster|internet mail delivery|system administrator|systemadministrator|mail administrator`)
	bounceTitle  = regexp.MustCompile(`(?i)^(?:undeliver|undelivered mail|delivery (?:status notification|failure|has failed|failed|report|notification|unsuccessful)|` +
		`mail delivery (?:failed|failure|system)|failure notice|returned mail|mail (?:could not be delivered|system error|failure)|` +
		`message (?:delivery failure|undeliverable|status - undeliverable|not delivered)|non[- ]?(?:remis|delivery)|warning: (?:could not send|message .* delayed)|` +
		`delayed mail|unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|fehlgeschlagene zustellung|mail-zustellung|` +
		`échec de (?:la )?(?:remise|distribution)|non remis|message non (?:remis|distribué)|retour de courrier|` +
		`onbestelbaar|niet te bezorgen|niet bezorgd|mislukte bezorging|` +
		`mancata consegna|non recapitabile|impossibile recapitare|avviso di mancata consegna|messaggio non (?:consegnato|recapitato)|errore (?:nella )?consegna|` +
		`\*\*\*? ?(?:undeliverable|bounce)|could not deliver|e?-?mail (?:not )?(?:un)?deliver|failed mail|mail failed|.{0,40}mail failure|your (?:message|e-?mail) .{0,60}(?:could not be|was not|couldn.t be) delivered|returning to sender|rejected mail|nondeliverable|undeliverable)`)
	bounceText = newPhrase(`(?i)(?:could not be delivered|was not delivered|wasn't delivered|couldn't be delivered|couldn't deliver|unable to deliver|could not deliver|` +
		`delivery to the following recipients? (?:has )?(?:been )?(?:failed|delayed)|did not reach the following recipient|has been rejected|no such user|user unknown|mailbox (?:is )?full|mailbox unavailable|` +
		`undeliverable|permanent (?:fatal )?error|this is the mail system at host|permanently failed|delivery (?:has )?failed|returned to sender|address(?:es)? had (?:permanent|transient)|` +
		`konnte(?:n)? nicht (?:zugestellt|übermittelt)|nicht zugestellt werden|n'a pas pu être (?:remis|délivré|distribué)|n’a pas pu être|kon niet worden (?:bezorgd|afgeleverd)|non è stato (?:possibile )?(?:consegn|recapit)|impossibile (?:consegnare|recapitare))`)
)

// reportFromText reads the reports of servers that know no RFC 3464: qmail,
// Exim, Notes, older Exchange, providers' own forms. Nil when the mail is none.
func reportFromText(m *Message) *Report {
	failed := m.first("X-Failed-Recipients")
	if failed == "" && !looksBounced(m) {
		return nil
	}
	text := m.Text[:min(len(m.Text), 16<<10)]
	r := &Report{Action: "failed", Recipient: cleanAddress(firstWord(failed))}
	if r.Recipient == "" {
		r.Recipient = strings.ToLower(strings.TrimRight(anyAddress.FindString(text), "."))
	}
	r.Status = statusCode.FindString(text)
	r.Diagnostic = strings.TrimSpace(replyLine.FindString(text))
	if delayed.MatchString(m.Subject) {
		r.Action = "delayed"
	}
	if found := quotedID.FindStringSubmatch(m.Text); found != nil {
		r.OriginalID = found[1]
	}
	return r
}

var delayed = regexp.MustCompile(`(?i)delay|verzögert|vertraagd|retard|ritardo|warning`)

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
	title := bounceTitle.MatchString(m.Subject)
	if title {
		signs++
	}
	if signs == 0 || signs == 1 && !title && !bounceSender.MatchString(from) {
		return false
	}
	return signs > 1 && title || bounceText.in(m.Text[:min(len(m.Text), 8<<10)])
}

// linkOriginal completes a report with the Message-ID of the returned mail.
func (m *Message) linkOriginal() {
	if m.Report == nil || m.Report.OriginalID != "" {
		return
	}
	for _, a := range m.Attachments {
		if a.Message != nil && a.Message.MessageID != "" {
			m.Report.OriginalID = a.Message.MessageID
			return
		}
	}
	if len(m.InReplyTo) > 0 {
		m.Report.OriginalID = m.InReplyTo[0]
	}
}

// first is the first value of a header field, decoded.
func (m *Message) first(key string) string {
	if v := m.Header[key]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}
