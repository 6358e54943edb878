package ingest

import (
	"strings"
	"testing"
)

// TestHTMLClients: replies that are HTML only, as the clients build them. "Mine."
// is the new text of each.
func TestHTMLClients(t *testing.T) {
	for name, html := range map[string]string{
		"Gmail":                    `<div dir="ltr">Mine.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Mar 10, 2026 at 9:00 AM RMA &lt;<a href="mailto:rma@desk.example">rma@desk.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">Old.</blockquote></div>`,
		"Gmail signature":          `<div dir="ltr">Mine.<br clear="all"><div><br></div>-- <br><div dir="ltr" class="gmail_signature"><div>Ada Lovelace</div></div></div><div class="gmail_quote"><div class="gmail_attr">Le mar. 10 mars 2026 à 09:00, RMA &lt;rma@desk.example&gt; a écrit :<br></div><blockquote class="gmail_quote">Old.</blockquote></div>`,
		"Outlook Word":             `<div class="WordSection1"><p class="MsoNormal">Mine.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Von:</b> RMA &lt;rma@desk.example&gt; <br><b>Gesendet:</b> Dienstag, 10. März 2026 09:00<br><b>An:</b> Ada<br><b>Betreff:</b> RMA<o:p></o:p></p></div><p class="MsoNormal">Old.</p></div>`,
		"Outlook, fields in spans": `<p>Mine.</p><div><p><b><span>From:</span></b><span> RMA<br></span><b>Sent:</b> Tuesday<br><b>To:</b> Ada<br><b>Subject:</b> RMA</p></div><p>Old.</p>`,
		"OWA":                      `<div><div dir="ltr">Mine.</div><hr tabindex="-1" style="width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De :</b> RMA &lt;rma@desk.example&gt;<br><b>Envoyé :</b> mardi 10 mars 2026 09:00<br><b>À :</b> Ada<br><b>Objet :</b> RMA</font><div>&nbsp;</div></div><div>Old.</div></div>`,
		"Outlook mobile":           `<div dir="auto">Mine.</div><div id="ms-outlook-mobile-signature"><div>Get <a href="https://aka.ms/x">Outlook for iOS</a></div></div><hr><div id="divRplyFwdMsg"><b>From:</b> RMA &lt;rma@desk.example&gt;<br><b>Sent:</b> Tuesday, March 10, 2026 9:00:00 AM<br><b>To:</b> Ada<br><b>Subject:</b> RMA</div><div>Old.</div>`,
		"Apple Mail":               `<html><head></head><body>Mine.<br><div><br><blockquote type="cite"><div>On 10 Mar 2026, at 09:00, RMA &lt;rma@desk.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>Old.</div></blockquote></div></body></html>`,
		"iOS":                      `<div dir="ltr">Mine.</div><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 10 Mar 2026, at 09:00, RMA &lt;rma@desk.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">Old.</div></blockquote>`,
		"Thunderbird":              `<p>Mine.</p><div class="moz-cite-prefix">Am 10.03.26 um 09:00 schrieb RMA:<br></div><blockquote type="cite" cite="mid:1@desk.example"><p>Old.</p></blockquote><div class="moz-signature">-- <br>Ada</div>`,
		"Yahoo":                    `<div>Mine.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Tuesday, March 10, 2026 at 09:00:00 AM GMT+1, RMA &lt;rma@desk.example&gt; wrote:</div><div><br></div><div>Old.</div></div>`,
		"GMX":                      `<div>Mine.</div><div><div name="quote" style="margin:10px"><div><b>Gesendet:</b> Dienstag, 10. März 2026 um 09:00 Uhr<br><b>Von:</b> "RMA" &lt;rma@desk.example&gt;<br><b>An:</b> ada@customer.example<br><b>Betreff:</b> RMA</div><div>Old.</div></div></div>`,
		"Proton":                   `<div>Mine.</div><div class="protonmail_signature_block">Sent with <a href="https://proton.me">Proton Mail</a> secure email.</div><div class="protonmail_quote">On Tuesday, March 10th, 2026 at 9:00 AM, RMA &lt;rma@desk.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">Old.</blockquote></div>`,
		"Zimbra":                   `<div>Mine.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote><b>De: </b>"RMA" &lt;rma@desk.example&gt;<br><b>À: </b>"Ada"<br><b>Envoyé: </b>Mardi 10 Mars 2026 09:00:00<br><b>Objet: </b>RMA</blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote>Old.</blockquote></div>`,
		"unmarked blockquote":      `<div>Mine.</div><div>On Tue, 10 Mar 2026 RMA &lt;rma@desk.example&gt; wrote:</div><blockquote>Old.</blockquote>`,
		"Notes":                    `<p>Mine.</p><p>"RMA" ---10.03.2026 09:00:00---Old. Old.</p><p>Von: "RMA" &lt;rma@desk.example&gt;<br>An: ada@customer.example<br>Datum: 10.03.2026 09:00<br>Betreff: RMA</p><hr><p>Old.</p>`,
		"hidden preheader":         `<div style="display:none">Old.</div><p>Mine.</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			m := parseText("From: Ada Lovelace <ada@customer.example>\nSubject: Re: RMA\nContent-Type: text/html; charset=utf-8\n\n" + html + "\n")
			if got := newText(m).text; got != "Mine." {
				t.Errorf("new text is %q of\n%s", got, m.Text)
			}
		})
	}
}

// TestHTMLKeeps: what must stay of HTML.
func TestHTMLKeeps(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"answers between":        {`<div class="gmail_quote"><blockquote class="gmail_quote">Serial?</blockquote></div><div>4711</div><blockquote class="gmail_quote">Model?</blockquote><div>D735</div>`, "4711\nD735"},
		"an indented list":       {`<p>Two are dead:</p><blockquote>S/N 20EZ115N308C605F<br>S/N 20EZ115N308C6060</blockquote>`, "Two are dead:\n\nS/N 20EZ115N308C605F\nS/N 20EZ115N308C6060"},
		"all indented":           {`<blockquote><p>It is dead.</p></blockquote>`, "It is dead."},
		"indented in the middle": {`<p>The display says</p><blockquote>no service</blockquote><p>all day long.</p>`, "The display says\n\nno service\n\nall day long."},
	} {
		t.Run(name, func(t *testing.T) {
			m := parseText("From: Ada <ada@customer.example>\nSubject: Re: RMA\nContent-Type: text/html; charset=utf-8\n\n" + c.html + "\n")
			if got := newText(m).text; strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.want), " ") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
