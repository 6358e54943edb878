package simulation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"retour/rules"
	"retour/rules/casebook"
)

// customer is a reseller or an installer.
type customer struct {
	number   string // in the desk's directory
	name     string // of the company
	person   string
	address  string
	domain   string
	language string
	careful  float64 // in how many of his requests nothing is missing
}

// product is what the desk has sold, and how often it comes back.
type product struct {
	maker, name, model string
	serial             string // '#' a digit, 'X' a hex digit, '?' a digit or a letter
	mac                string // a prefix: the serial ends like the MAC
	ticket             string // of the manufacturer, where it wants one first
	weight             float64
	price              float64
}

// products are a mixture such as a distributor of telephones and network gear
// has. The forms of the numbers are the makers' own.
var products = []product{
	{maker: "yealink", name: "Yealink", model: "SIP-T46U", serial: "805EC0XXXXXX", weight: 10, price: 139},
	{maker: "yealink", name: "Yealink", model: "SIP-T31P", serial: "805EC0XXXXXX", weight: 9, price: 52},
	{maker: "yealink", name: "Yealink", model: "SIP-T54W", serial: "249AD8XXXXXX", weight: 8, price: 165},
	{maker: "yealink", name: "Yealink", model: "W76P", serial: "249AD8XXXXXX", weight: 6, price: 119},
	{maker: "snom", name: "Snom", model: "D735", serial: "000413XXXXXX", weight: 8, price: 128},
	{maker: "snom", name: "Snom", model: "D785", serial: "000413XXXXXX", weight: 5, price: 178},
	{maker: "snom", name: "Snom", model: "D865", serial: "000413XXXXXX", weight: 3, price: 219},
	{maker: "grandstream", name: "Grandstream", model: "GXP2170", serial: "20EZ######74D7XX", mac: "EC74D7", ticket: "2026########", weight: 7, price: 98},
	{maker: "grandstream", name: "Grandstream", model: "HT812", serial: "20EY######74D7XX", mac: "EC74D7", ticket: "2026########", weight: 4, price: 61},
	{maker: "fanvil", name: "Fanvil", model: "X4U", serial: "0C383EXXXXXX", weight: 5, price: 71},
	{maker: "fanvil", name: "Fanvil", model: "X210", serial: "0C383EXXXXXX", weight: 3, price: 112},
	{maker: "cisco", name: "Cisco", model: "CP-7841-K9", serial: "FCH25#4????", weight: 4, price: 145},
	{maker: "mikrotik", name: "MikroTik", model: "RB750Gr3", serial: "H??????????", weight: 4, price: 54},
	{maker: "mikrotik", name: "MikroTik", model: "RB4011iGS+RM", serial: "H??????????", weight: 3, price: 199},
	{maker: "zyxel", name: "Zyxel", model: "USG FLEX 200", serial: "S2##L########", weight: 3, price: 520},
	{maker: "poly", name: "Poly", model: "VVX 450", serial: "64167FXXXXXX", weight: 4, price: 189},
	{maker: "fortinet", name: "Fortinet", model: "FortiGate-60F", serial: "FGT60FTK2100####", weight: 2, price: 610},
	{maker: "gigaset", name: "Gigaset", model: "N670 IP PRO", serial: "7C2F80XXXXXX-????", weight: 2, price: 240},
}

// end is what a test of a unit will show, which nobody knows before.
type end int

const (
	faulty end = iota
	abused
	worn // repairable at cost
	sound
)

// unit is one thing that comes back.
type unit struct {
	product
	number  string // serial
	tickets string // of our support, or of its maker
	order   string
	sold    time.Time // when it was delivered; zero: the desk never sold it
	truth   end
	times   int // that it has come back
}

// family names of companies and people, to be put together.
var (
	roots   = []string{"Nord", "Alpen", "Rhein", "Lago", "Delta", "Orion", "Kern", "Polder", "Mistral", "Vela", "Tessin", "Brenta", "Maas", "Loire", "Ardenne", "Isar", "Fjord", "Quadra", "Solar", "Helio", "Cobalt", "Ambra", "Linea", "Punto", "Via", "Ponte", "Brug", "Dijk", "Berg", "Tal"}
	trades  = map[string][]string{"de": {"Telekom", "Netztechnik", "Systemhaus", "Kommunikation"}, "fr": {"Télécom", "Réseaux", "Informatique", "Voix"}, "it": {"Telecomunicazioni", "Reti", "Sistemi", "Impianti"}, "nl": {"Telecom", "Netwerken", "ICT", "Techniek"}, "en": {"Networks", "Voice", "Systems", "Comms"}}
	forms   = map[string]string{"de": "GmbH", "fr": "SARL", "it": "Srl", "nl": "BV", "en": "Ltd"}
	firsts  = map[string][]string{"de": {"Jana", "Uwe", "Katrin", "Sven", "Heike", "Lars"}, "fr": {"Claire", "Luc", "Manon", "Didier", "Inès", "Hugo"}, "it": {"Chiara", "Marco", "Elisa", "Paolo", "Sara", "Luca"}, "nl": {"Femke", "Joris", "Anouk", "Bram", "Sanne", "Daan"}, "en": {"Holly", "Owen", "Tess", "Callum", "Ruth", "Neil"}}
	lasts   = map[string][]string{"de": {"Brandt", "Köhler", "Pohl", "Seidel"}, "fr": {"Marchand", "Lefort", "Perrin", "Blanc"}, "it": {"Ferrari", "Gallo", "Conti", "Riva"}, "nl": {"de Wit", "Kuipers", "Mulder", "Vos"}, "en": {"Hughes", "Barker", "Lowe", "Frost"}}
	tongues = []string{"de", "de", "de", "fr", "fr", "fr", "it", "it", "it", "nl", "nl", "en"}
)

// isGone tells the mailboxes that are no more by their domain.
func isGone(address string) bool { return strings.HasSuffix(address, ".gone.example") }

// populate makes the customers and tells the desk's directory of them.
func (l *life) populate(ctx context.Context) error {
	var accounts []rules.Account
	for i := range l.Customers {
		c := l.newCustomer(i)
		l.people = append(l.people, c)
		accounts = append(accounts, rules.Account{Number: c.number, Name: c.name, Domains: []string{c.domain}, Language: c.language, Role: rules.RoleCustomer})
	}
	im, err := l.Book.NewImport(ctx, l.Clock.Now(), casebook.KindDirectory, "customers", "", false)
	if err != nil {
		return err
	}
	defer im.Close()
	if _, err := im.Accounts(ctx, l.Clock.Now(), accounts, false, true); err != nil {
		return err
	}
	_, err = im.Finish(ctx, l.Clock.Now())
	return err
}

func (l *life) newCustomer(i int) *customer {
	lang := tongues[i%len(tongues)]
	root := fmt.Sprintf("%s%02d", roots[i%len(roots)], i/len(roots))
	c := &customer{number: fmt.Sprintf("K%05d", 10000+i), language: lang, name: root + " " + pick(l, trades[lang]) + " " + forms[lang],
		domain: strings.ToLower(root) + "." + lang + ".example", person: pick(l, firsts[lang]) + " " + pick(l, lasts[lang]), careful: 0.55 + 0.4*l.rand.Float64()}
	if i%97 == 96 {
		c.domain = strings.ToLower(root) + ".gone.example"
	}
	c.address = strings.ToLower(strings.NewReplacer(" ", ".", "ö", "oe", "è", "e").Replace(c.person)) + "@" + c.domain
	return c
}

// choose draws a product by how often it comes back.
func (l *life) choose() product {
	total := 0.0
	for _, p := range products {
		total += p.weight
	}
	at := l.rand.Float64() * total
	for _, p := range products {
		if at -= p.weight; at < 0 {
			return p
		}
	}
	return products[0]
}

// fill writes a number by its form. n makes it one of its own.
func (l *life) fill(form string) string {
	const hex, all = "0123456789ABCDEF", "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return rune(hex[l.rand.IntN(10)])
		case 'X':
			return rune(hex[l.rand.IntN(16)])
		case '?':
			return rune(all[l.rand.IntN(len(all))])
		}
		return r
	}, form)
}

// newUnit makes a unit that is about to come back.
func (l *life) newUnit(p product) *unit {
	u := &unit{product: p, number: l.fill(p.serial), order: l.fill("PO-2######"), tickets: l.fill("4######")}
	if p.ticket != "" {
		u.tickets = l.Clock.Now().AddDate(0, 0, -l.rand.IntN(9)-1).Format("20060102150405")
	}
	if !l.chance(0.03) {
		days := 20 + l.rand.IntN(330)
		if l.chance(0.25) {
			days = 366 + l.rand.IntN(900)
		}
		u.sold = l.Clock.Now().AddDate(0, 0, -days).Truncate(24 * time.Hour)
	}
	switch at := l.rand.Float64(); {
	case at < 0.68:
		u.truth = faulty
	case at < 0.76:
		u.truth = abused
	case at < 0.88:
		u.truth = worn
	default:
		u.truth = sound
	}
	return u
}

// sell writes the units of a day's requests into the desk's register, as a
// nightly import does.
func (l *life) sell(ctx context.Context, wishes []wish) error {
	var sales []rules.Sale
	for _, w := range wishes {
		for _, u := range w.file.units {
			if !u.sold.IsZero() {
				sales = append(sales, rules.Sale{Serial: u.number, Manufacturer: u.maker, Model: u.model, Customer: w.customer.number, CustomerName: w.customer.name,
					Order: u.order, Delivered: u.sold, Invoiced: u.sold, Purchased: u.sold, Shipped: u.sold, Status: rules.Sold})
			}
		}
	}
	im, err := l.Book.NewImport(ctx, l.Clock.Now(), casebook.KindRegister, "sales", "", false)
	if err != nil {
		return err
	}
	defer im.Close()
	if _, err := im.Sales(ctx, l.Clock.Now(), sales); err != nil {
		return err
	}
	_, err = im.Finish(ctx, l.Clock.Now())
	return err
}
