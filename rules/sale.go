package rules

import (
	"strings"
	"time"
)

// Sale is one row of the register: a unit as it was sold. Days are midnights in
// UTC, zero where the register does not say.
type Sale struct {
	Serial       string // as it was imported, upper case
	MAC          string // twelve upper-case hex digits
	Manufacturer string // id in the policy; empty where its name is in no catalogue
	Model        string
	Customer     string // number in the directory
	CustomerName string
	Distributor  string // name of who stood between; empty: sold directly
	Order        string
	Invoice      string
	DeliveryNote string
	Delivered    time.Time
	Licensed     time.Time // licence registration
	Shipped      time.Time
	Invoiced     time.Time
	Purchased    time.Time
	Status       SaleStatus
	ReplacedBy   string // serial of the unit that the customer has instead
	Replaces     string // serial of the unit that this one was given for
}

// SaleStatus says what became of a sold unit.
type SaleStatus string

// The statuses.
const (
	Sold         SaleStatus = "sold"
	SaleReplaced SaleStatus = "replaced"
	Scrapped     SaleStatus = "scrapped"
)

// Dates are the days of a sale that a warranty can start from.
func (s Sale) Dates() Dates {
	return Dates{FromDelivery: s.Delivered, FromLicence: s.Licensed, FromShipment: s.Shipped, FromInvoice: s.Invoiced, FromPurchase: s.Purchased}
}

// Role is what a customer is to the desk.
type Role string

// The roles.
const (
	RoleCustomer    Role = "customer"    // buys directly: a reseller, a partner
	RoleDistributor Role = "distributor" // sells on: his customers return to him
	RoleEndUser     Role = "end_user"    // bought from one of the above
)

// Account is one customer of the directory.
type Account struct {
	Number         string // the customer number, unique
	Name           string
	Addresses      []string // lower case
	Domains        []string // lower case
	Language       string   // en, fr, nl, it, de; empty: as he writes
	Role           Role
	Representative string // who sells to him: a name, an address or both
}

// Records are what register, directory and casebook know around an event. Intake
// looks it up for every number of the case and of the mail.
type Records struct {
	Register  bool                 // a register is in use: a unit that it lacks was not sold by the desk
	Directory bool                 // a directory is in use: a sender that it lacks is no customer
	Sales     map[string]Sale      // by NumberKey of serial or MAC, the units that they were given for too; with "/" and the manufacturer's id where several makers have one number
	Accounts  []Account            // who the customer of the case may be: none, he is not in the directory; several, nothing tells which of them he is
	Open      map[string]string    // NumberKey → number of another open case with this unit
	Returns   map[string]int       // NumberKey → closed cases in which the unit came back before
	Repaired  map[string]time.Time // NumberKey → the day on which the unit last left the desk repaired
	Unsent    bool                 // a mail to the customer still waits in the outbox
	Down      string               // why a look-up did not answer; empty when all did
}

// SaleKey is the key of Records.Sales for a unit whose number several
// manufacturers gave out; the newest of all stands under the number's own key.
func SaleKey(manufacturer, number string) string { return number + "/" + manufacturer }

// NumberKey is a serial or MAC as numbers are compared: letters and digits,
// upper case.
func NumberKey(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, number)
}
