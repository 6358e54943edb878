package rules

import "time"

// Figures are what managers ask of the desk about one period: the digest, the
// metrics and the spreadsheet all show these and count nothing themselves. What
// stands ("open", "late", "with the manufacturer") is as of At; what moves
// ("in", "closed") is counted over the period. Cases of shadow mode are in none
// of them. What units and cases are called is as known today; what happened to
// them is as it happened, so that the figures of a period stay the same whenever
// they are asked for. Of mails and of the desk's health only the present is
// known: see MailFigures and Health.
type Figures struct {
	Period Period
	Past   Period    // the one before, which Before and every other figure called Past are of
	At     time.Time // the moment that the standing figures are of: Period.To, or now when that is still to come
	Zone   string    // IANA: where days begin and working time counts

	Late        []OpenCase // staff let a deadline pass; longest overdue first, all of them
	Undelivered []OpenCase // the last mail to the customer did not arrive; oldest first
	Storage     []OpenCase // storage that ends within three working days, or has ended; the first to end first
	Flow        Flow
	Before      Flow
	TakenOver   Clock // by staff, from when the case waited for them
	TakenPast   Clock
	Ruled       Clock // validated, refused or referred by staff, from when the request was complete
	RuledPast   Clock
	Makers      []MakerFigures // those with most units in first; units of unknown make under ""
	Models      []ModelFigures // those with most units in first
	Reasons     []Count        // by Reason: cases that came in; most first, "" where it is not known
	ReasonsPast []Count
	Money       MoneyFigures
	Lemons      []Lemon
	Mails       MailFigures
	Health      Health
	OpenByDay   []DayCount  // by State, at the end of each of the last 84 days to Period.To, oldest first
	InByMaker   []DayCount  // by manufacturer's id: units that came in, of the last 12 weeks to Period.To, or of 12 months where the period is longer than a week; Day is the first
	TurnByMonth []MakerTurn // of the last 12 calendar months to Period.To, oldest first, then by manufacturer
}

// OpenCase is a case that somebody should look at.
type OpenCase struct {
	Number   string
	State    State
	Owner    Person
	Customer Party
	Reason   Reason
	OpenedAt time.Time
	Since    time.Time // when State was entered
	Due      time.Time // when State was or is to end; zero where the clock does not run
	Waits    string    // what the last decision said; English
	Items    int
	Makers   []string // ids, sorted
}

// Flow is what came, what went and what stands. What was open before, and In,
// SplitOff and Reopened, less Closed, is Open.
type Flow struct {
	In       int             // cases opened
	SplitOff int             // cases that staff made of units of another one
	Reopened int             // closed cases that began again
	Closed   map[Closing]int // by how they ended
	Open     map[State]int   // at the end of the period, or now
	Units    int             // that came in
}

// Clock says how well a promise about time was kept. Median and Ninetieth are
// working time by the policy's calendar; whether it was kept is by the policy's
// own clock, which for some promises runs day and night.
type Clock struct {
	Promised  Span
	Done      int           // how often it was reached in the period
	Kept      int           // of Done: in time
	Median    time.Duration // zero without Done
	Ninetieth time.Duration // the least that nine of ten stayed within
}

// MakerFigures are about the units of one manufacturer.
type MakerFigures struct {
	Manufacturer string
	In, Past     int       // units that came in, in this period and the one before
	Open         int       // units in open cases that have not left
	Oldest       time.Time // when the oldest open case with one of those was opened; zero without
	AtVendor     int       // units that are with the manufacturer
	Turn         Turn
	TurnUsual    Turn // over the year before the period
	Ruled        int  // verdicts of the period
	Refused      int  // of Ruled
	Tested       int  // outcomes of tests in the period
	NoFault      int  // of Tested
	Repeats      int  // units of In that had left the desk before, and those that came back to a reopened case
}

// ModelFigures are about the units of one model.
type ModelFigures struct {
	Manufacturer, Model string
	In, Past            int
	Open                int
	Usual               float64 // units that come in over such a period, by the year before it
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

// MoneyFigures are what happened to money in the period; amounts are by
// currency, sorted by its name.
type MoneyFigures struct {
	Quoted       int // quotes sent
	Accepted     int // also those that staff accepted on the customer's behalf
	Declined     int // also those whose goods went back without an answer
	Silent       int // quotes whose customer let the time for an answer pass
	Sent         []Money
	Taken        []Money // of the accepted ones
	Credits      []Money
	Fees         []Money // restocking fees and fees for tests
	Warranty     int     // units that were repaired, replaced or credited in warranty: they cost the desk
	WarrantyPast int
}

// Lemon is a unit or a model that comes back too often: a unit that came in for
// the second time or more; or a model that at least five defective cases of the
// period name, where by the year before (Poisson) so many would come in less
// than one of ten thousand such periods. Cases are counted, not units: one
// customer with twenty units is one event.
type Lemon struct {
	Manufacturer, Model, Serial string  // Serial is empty of a model
	Times                       int     // of a unit: how often it came in so far; of a model: defective cases of the period
	Usual                       float64 // of a model: such cases over such a period, by the year before it
	Last                        string  // number of the last case
}

// MailFigures account for the mails that were first seen in the period. What
// waits is as of now.
type MailFigures struct {
	Seen        int            // the sum of Fates and Unread
	Fates       map[string]int // what became of them, by fate
	Unread      int            // of Seen: without a fate yet
	Held        int            // wait for a person now, of all mails
	Unaccounted int            // of all mails: without a fate although they were seen ten minutes ago
	Undelivered int            // mails of the desk that were given up in the period, and not sent again since
	Waiting     int            // mails of the desk that are not sent yet
	LastRead    time.Time      // when the mailbox gave the last mail; zero: never
}

// Health is how the desk itself does, as of now, as far as the casebook knows.
type Health struct {
	Failed        int       // mails to customers that were given up, and not sent again since
	OldestWaiting time.Time // when the oldest mail to a customer that waits was written; zero: none waits
	LastSent      time.Time // when a mail last left; zero: never
	StaffWaiting  int       // posts that Slack has not taken yet
	StaffFailed   int       // posts that were given up
	Register      time.Time // when sold units were last imported; zero: never
	Directory     time.Time // when customers were last imported; zero: never
	Size          int64     // bytes of the casebook's file
}
