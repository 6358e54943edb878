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
	maker, model string // id of the policy; as the maker writes it
	serial       string // '#' a digit, 'X' a hex digit, '?' a digit or a letter
	weight       float64
	price        float64
}

// products are a mixture such as a distributor of telephones and network gear
// has. The forms of the numbers are the makers' own.
var products = []product{
	{"yealink", "SIP-T46U", "805EC0XXXXXX", 10, 139},
	{"yealink", "SIP-T31P", "805EC0XXXXXX", 9, 52},
	{"yealink", "SIP-T54W", "249AD8XXXXXX", 8, 165},
	{"yealink", "W76P", "249AD8XXXXXX", 6, 119},
	{"snom", "D735", "000413XXXXXX", 8, 128},
	{"snom", "D785", "000413XXXXXX", 5, 178},
	{"snom", "D865", "000413XXXXXX", 3, 219},
	{"grandstream", "GXP2170", "20EZ######74D7XX", 7, 98},
	{"grandstream", "HT812", "20EY######74D7XX", 4, 61},
	{"fanvil", "X4U", "0C383EXXXXXX", 5, 71},
	{"fanvil", "X210", "0C383EXXXXXX", 3, 112},
	{"cisco", "CP-7841-K9", "FCH25#4????", 4, 145},
	{"mikrotik", "RB750Gr3", "H??????????", 4, 54},
	{"mikrotik", "RB4011iGS+RM", "H??????????", 3, 199},
	{"zyxel", "USG FLEX 200", "S2##L########", 3, 520},
	{"poly", "VVX 450", "64167FXXXXXX", 4, 189},
	{"fortinet", "FortiGate-60F", "FGT60FTK2100####", 2, 610},
	{"gigaset", "N670 IP PRO", "7C2F80XXXXXX-????", 2, 240},
}

// wantsTicket: the maker's own support must have confirmed the fault.
func (l *life) wantsTicket(maker string) bool {
	m, _ := l.Policy.Manufacturer(maker)
	return m.Process == rules.VendorTicket
}

// brand is the name of a maker.
func (l *life) brand(maker string) string {
	m, _ := l.Policy.Manufacturer(maker)
	return m.Name
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
	if l.wantsTicket(p.maker) {
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
