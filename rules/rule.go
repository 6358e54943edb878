package rules

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Rule is a rule of the operator's own. When is an expression over what the
// case says (see condition); the first rule that fits decides.
type Rule struct {
	ID      string  `yaml:"id"`
	When    string  `yaml:"when"`
	Then    Then    `yaml:"then"`
	Verdict Verdict `yaml:"verdict"` // approve: in_warranty, out_of_warranty; refuse: refused_commercial, refused_technical
	Ask     []Fact  `yaml:"ask"`
	Link    string  `yaml:"link"` // refer; empty: the manufacturer's
	Why     string  `yaml:"why"`  // one sentence that the customer may read
	program *vm.Program
}

// Then is what a rule does.
type Then string

// What a rule can do.
const (
	ThenHold    Then = "hold"
	ThenOpen    Then = "open"
	ThenAsk     Then = "ask"
	ThenRefer   Then = "refer"
	ThenApprove Then = "approve"
	ThenRefuse  Then = "refuse"
)

// condition is what an expression can name. It is a plain struct: expr would
// let expressions call its methods.
type condition struct {
	Reason         string          `expr:"reason"`
	Language       string          `expr:"language"`
	Sender         string          `expr:"sender"`
	Domain         string          `expr:"domain"`
	Trust          string          `expr:"trust"`
	Fault          string          `expr:"fault"`
	Text           string          `expr:"text"`
	PurchaseDate   string          `expr:"purchase_date"`
	AgeDays        int             `expr:"age_days"`
	Orders         []string        `expr:"orders"`
	Invoices       []string        `expr:"invoices"`
	VendorTickets  []string        `expr:"vendor_tickets"`
	SupportTickets []string        `expr:"support_tickets"`
	Confirmed      []string        `expr:"confirmed"`
	Oversize       bool            `expr:"oversize"`
	Items          []conditionItem `expr:"items"`
}

type conditionItem struct {
	Manufacturer string `expr:"manufacturer"`
	Model        string `expr:"model"`
	Serial       string `expr:"serial"`
	MAC          string `expr:"mac"`
	Process      string `expr:"process"`
	VendorTicket string `expr:"vendor_ticket"`
}

var conditionNames = []string{
	"reason", "language", "sender", "domain", "trust", "fault", "text", "purchase_date", "age_days", "orders", "invoices",
	"vendor_tickets", "support_tickets", "confirmed", "oversize", "items",
}

var unitNames = []string{"manufacturer", "model", "serial", "mac", "process", "vendor_ticket"}

var conditionWords = []string{"any", "all", "none", "one", "count", "filter", "len", "lower", "upper", "trim"}

// compile checks the condition against the names and types it may use.
func (r *Rule) compile() error {
	options := []expr.Option{expr.Env(condition{}), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(500)}
	for _, word := range conditionWords {
		options = append(options, expr.EnableBuiltin(word))
	}
	program, err := expr.Compile(r.When, options...)
	if err != nil {
		return err
	}
	r.program = program
	return nil
}

// fits runs the condition. An error means that nobody can tell: a person looks.
func (r *Rule) fits(env condition) (bool, error) {
	machine := vm.VM{MemoryBudget: 1e6}
	out, err := machine.Run(r.program, env)
	if err != nil {
		return false, fmt.Errorf("evaluate rule %s: %w", r.ID, err)
	}
	yes, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("evaluate rule %s: the condition is %v, neither true nor false", r.ID, out)
	}
	return yes, nil
}

// explainExpr turns expr's error into a text, a hint and a column (from 0).
func explainExpr(err error) (text, hint string, column int) {
	text = err.Error()
	var at *file.Error
	if errors.As(err, &at) {
		text, column = at.Message, at.Column
	}
	text = strings.ReplaceAll(text, "type rules.conditionItem has no field", "a unit has no")
	if name, ok := strings.CutPrefix(text, "unknown name "); ok {
		hint = suggest(strings.Fields(name)[0], append(conditionNames, conditionWords...))
	}
	if name, ok := strings.CutPrefix(text, "a unit has no "); ok {
		hint = suggest(name, unitNames)
	}
	if strings.Contains(text, `Operator("=")`) {
		hint = "compare with =="
	}
	if got, ok := strings.CutPrefix(text, "expected bool, but got "); ok {
		text = "it should be true or false, but is of type " + got
	}
	return "the condition is wrong: " + text, hint, column
}

// facts gathers what conditions can name.
func (c Case) facts(cl Claim, now time.Time) condition {
	_, domain, _ := strings.Cut(c.Customer.Address, "@")
	env := condition{
		Reason: string(c.Reason), Language: c.Language, Sender: c.Customer.Address, Domain: domain,
		Trust: string(c.Customer.Trust), Fault: c.Fault, Text: cl.Text, PurchaseDate: c.PurchaseDate,
		AgeDays: ageDays(c.PurchaseDate, now), Orders: c.References.Order, Invoices: c.References.Invoice,
		VendorTickets: c.References.VendorTicket, SupportTickets: c.References.SupportTicket, Oversize: cl.Oversize,
	}
	for _, f := range c.Confirmed {
		env.Confirmed = append(env.Confirmed, string(f))
	}
	for _, it := range c.Items {
		env.Items = append(env.Items, conditionItem{it.Manufacturer, it.Model, it.Serial, it.MAC, string(it.Process), it.VendorTicket})
	}
	return env
}

func ageDays(bought string, now time.Time) int {
	t, err := time.Parse(time.DateOnly, bought)
	if err != nil {
		return -1
	}
	return int(now.Sub(t).Hours() / 24)
}
