package rules

import "time"

// Period is a stretch of time: From belongs to it, To does not.
type Period struct{ From, To time.Time }

// Figures are what managers ask of the desk about one period: the digest, the
// metrics and the spreadsheet all show these and count nothing themselves. What
// stands ("open", "late", "held") is as of Period.To, or of now when the period
// is not over; what moves ("in", "closed") is counted over the period.
type Figures struct {
	Period Period
	At     time.Time // the moment that the standing figures are of
	Zone   string    // IANA: where days begin and working time counts

	Late        []OpenCase // staff let a deadline pass; worst first, all of them
	Undelivered []OpenCase // the last mail to the customer did not arrive
	Storage     []OpenCase // storage that ends within three working days, or has ended
	Flow        Flow
	Before      Flow // the same of the period of the same length and kind before
	TakenOver   Clock
	Ruled       Clock // validated, refused or referred, from when the request was complete
	Makers      []MakerFigures
	Models      []ModelFigures
	Reasons     []Count // by Reason: cases that came in
	ReasonsPast []Count
	Money       MoneyFigures
	Lemons      []Lemon
	Mails       MailFigures
	OpenByDay   []DayCount // by State, oldest first; for the chart
	InByMaker   []DayCount // by manufacturer's id: units that came in, by day or month
	TurnByMonth []MakerTurn
}

// OpenCase is a case that somebody should look at.
type OpenCase struct {
	Number   string
	State    State
	Owner    Person
	Customer Party
	Since    time.Time // from when the state counts
	Due      time.Time // when it should have been done
	Waits    string    // what the last decision said; English
	Items    int
	Makers   []string // ids
}

// Flow is what came, what went and what stands.
type Flow struct {
	In     int             // cases opened
	Closed map[Closing]int // by how they ended
	Open   map[State]int   // at the end of the period
	Units  int             // items of the cases that came in
}

// Clock says how well a promise about time was kept. Durations are working
// time.
type Clock struct {
	Promised  time.Duration
	Done      int // cases that reached it in the period
	Kept      int // of Done: in time
	Median    time.Duration
	Ninetieth time.Duration
}

// MakerFigures are about the units of one manufacturer.
type MakerFigures struct {
	Manufacturer string
	In, Past     int // units that came in, in this period and the one before
	Open         int
	Oldest       time.Time // when the oldest open case with one of its units was opened
	AtVendor     int
	Turn         Turn
	Ruled        int // units that got a verdict in the period
	Refused      int // of Ruled
	Tested       int // units whose test ended in the period
	NoFault      int // of Tested
	Repeats      int // units that came in and had been in a closed case before
}

// ModelFigures are about the units of one model.
type ModelFigures struct {
	Manufacturer, Model string
	In, Past            int
	Open                int
	Usual               float64 // units that come in over such a period, by the year before
}

// Turn is how long units were with their manufacturer: calendar time.
type Turn struct {
	Done              int // that came back in the period
	Median, Ninetieth time.Duration
}

// MakerTurn is the turn-round of units that came back in one month.
type MakerTurn struct {
	Month        time.Time // its first day
	Manufacturer string
	Turn
}

// Count is how many of one name.
type Count struct {
	Name string
	N    int
}

// DayCount is how many of each name on one day.
type DayCount struct {
	Day    time.Time
	Counts map[string]int
}

// MoneyFigures are amounts by currency.
type MoneyFigures struct {
	Quoted   int // quotes sent
	Accepted int
	Declined int
	Silent   int     // quotes whose customer let the time for an answer pass
	Sent     []Money // by currency
	Taken    []Money // of the accepted ones
	Credits  []Money
	Fees     []Money // restocking fees and fees for tests
	Warranty int     // units that were repaired or replaced in warranty: they cost the desk
}

// Lemon is a unit or a model that comes back too often.
type Lemon struct {
	Manufacturer, Model, Serial string // Serial is empty of a model
	Times                       int    // of a unit: cases that it was in; of a model: units in this period
	Usual                       float64
	Last                        string // number of the last case
}

// MailFigures account for the mails of the period.
type MailFigures struct {
	Seen        int
	Fates       map[string]int
	Held        int // wait for a person now
	Unaccounted int // seen, and without a fate
	Undelivered int // mails of the desk that were given up
	Waiting     int // mails of the desk that are not sent yet
	LastRead    time.Time
}
