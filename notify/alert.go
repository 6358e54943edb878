package notify

import (
	"crypto/sha256"
	"fmt"
	"html"
	"net/mail"
	"time"
)

// Alert writes one mail about the desk itself, to whoever runs it. key is the
// outbox row's: the same key gives the same Message-ID, which no case can be
// reached by.
func (c *Composer) Alert(to, text, key string, now time.Time) (Mail, error) {
	address, err := mail.ParseAddress(to)
	if err != nil {
		return Mail{}, fmt.Errorf("compose an alert to %q: %w", to, err)
	}
	hash := sha256.Sum256([]byte(key))
	m := Mail{
		FromName: headerText(c.desk.Name, maxName), FromAddr: c.desk.Address, To: address.Address,
		Subject: headerText(text, 120), Text: text + "\n", HTML: "<p>" + html.EscapeString(text) + "</p>\n",
		MessageID: "alert." + base32lower(hash[:10]) + "@" + c.desk.Domain,
		Date:      now.In(c.desk.TimeZone), Language: "en",
	}
	m.From = (&mail.Address{Name: m.FromName, Address: m.FromAddr}).String()
	return m, nil
}
