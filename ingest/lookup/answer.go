package lookup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// Sale is a sale of a unit as JSON; see [rules.Sale]. Days are written
// 2006-01-02.
type Sale struct {
	Serial       string           `json:"serial,omitempty"`
	MAC          string           `json:"mac,omitempty"`
	Manufacturer string           `json:"manufacturer,omitempty"`
	Model        string           `json:"model,omitempty"`
	Customer     string           `json:"customer,omitempty"`
	CustomerName string           `json:"customer_name,omitempty"`
	Distributor  string           `json:"distributor,omitempty"`
	Order        string           `json:"order,omitempty"`
	Invoice      string           `json:"invoice,omitempty"`
	DeliveryNote string           `json:"delivery_note,omitempty"`
	Delivered    Day              `json:"delivered,omitzero"`
	Licensed     Day              `json:"licensed,omitzero"`
	Shipped      Day              `json:"shipped,omitzero"`
	Invoiced     Day              `json:"invoiced,omitzero"`
	Purchased    Day              `json:"purchased,omitzero"`
	Status       rules.SaleStatus `json:"status,omitempty"` // sold, replaced, scrapped
	ReplacedBy   string           `json:"replaced_by,omitempty"`
	Replaces     string           `json:"replaces,omitempty"`
}

// Day is a date as JSON: "2006-01-02", or null.
type Day struct{ time.Time }

// MarshalJSON writes the date.
func (d Day) MarshalJSON() ([]byte, error) {
	return []byte(d.Format(`"` + time.DateOnly + `"`)), nil
}

// UnmarshalJSON reads the date; null and "" are none.
func (d *Day) UnmarshalJSON(b []byte) (err error) {
	if string(b) == "null" || string(b) == `""` {
		d.Time = time.Time{}
		return nil
	}
	if d.Time, err = time.Parse(`"`+time.DateOnly+`"`, string(b)); err != nil {
		return fmt.Errorf("%.40s is no date: write it like \"2006-01-31\"", b)
	}
	return nil
}

// SaleOf is a sale for JSON.
func SaleOf(s rules.Sale) Sale {
	return Sale{s.Serial, s.MAC, s.Manufacturer, s.Model, s.Customer, s.CustomerName, s.Distributor, s.Order, s.Invoice, s.DeliveryNote,
		Day{s.Delivered}, Day{s.Licensed}, Day{s.Shipped}, Day{s.Invoiced}, Day{s.Purchased}, s.Status, s.ReplacedBy, s.Replaces}
}

// Sale is the sale that JSON tells of.
func (s Sale) Sale() rules.Sale {
	return rules.Sale{Serial: s.Serial, MAC: s.MAC, Manufacturer: s.Manufacturer, Model: s.Model, Customer: s.Customer, CustomerName: s.CustomerName,
		Distributor: s.Distributor, Order: s.Order, Invoice: s.Invoice, DeliveryNote: s.DeliveryNote, Delivered: s.Delivered.Time, Licensed: s.Licensed.Time,
		Shipped: s.Shipped.Time, Invoiced: s.Invoiced.Time, Purchased: s.Purchased.Time, Status: s.Status, ReplacedBy: s.ReplacedBy, Replaces: s.Replaces}
}

// Account is a customer as JSON; see [rules.Account].
type Account struct {
	Number         string     `json:"number"`
	Name           string     `json:"name,omitempty"`
	Addresses      []string   `json:"addresses,omitempty"`
	Domains        []string   `json:"domains,omitempty"`
	Language       string     `json:"language,omitempty"` // en, fr, nl, it, de
	Role           rules.Role `json:"role,omitempty"`     // customer, distributor, end_user
	Representative string     `json:"representative,omitempty"`
}

// decode reads an answer, strictly: half an answer is none.
func decode(raw []byte, q Question) (Answer, error) {
	var wire struct {
		Sales   *[]Sale         `json:"sales"`
		Account json.RawMessage `json:"account"`
	}
	if err := strict(raw, &wire); err != nil {
		return Answer{}, err
	}
	if wire.Sales == nil {
		return Answer{}, errors.New(`its answer has no "sales"`)
	}
	a := Answer{Sales: map[string]rules.Sale{}}
	asked := map[string]bool{}
	for _, n := range slices.Concat(q.Serials, q.MACs) {
		asked[rules.NumberKey(n)] = true
	}
	for i, s := range *wire.Sales {
		if err := a.add(s, asked); err != nil {
			return Answer{}, fmt.Errorf("sales[%d]: %w", i, err)
		}
	}
	if wire.Account == nil {
		return a, nil
	}
	a.Accounts = true
	if string(wire.Account) == "null" {
		return a, nil
	}
	var account Account
	err := strict(wire.Account, &account)
	if err == nil {
		err = account.check()
	}
	if err != nil {
		return Answer{}, fmt.Errorf("account: %w", err)
	}
	a.Account = rules.Account(account)
	a.Account.Role = or(a.Account.Role, rules.RoleCustomer)
	return a, nil
}

// strict decodes one JSON value and nothing beside it.
func strict(raw []byte, into any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return errors.New("its answer is empty")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return explain(err, into, raw)
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows its answer")
	}
	return nil
}

// explain says what is wrong in the terms of the one who wrote the answer.
func explain(err error, into any, raw []byte) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	if unknown, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("its answer has the unknown field %s; known are %s", unknown, strings.Join(fieldsOf(reflect.TypeOf(into)), ", "))
	}
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("its answer has a %s as %s", kind.Value, kind.Field)
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("its answer is no JSON: %w; it begins %.60q", err, raw)
	}
	return err
}

// fieldsOf are the JSON names of a type, those of the lists in it too.
func fieldsOf(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	var names []string
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Day]() {
		return nil
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(append(names, name), fieldsOf(t.Field(i).Type)...)
	}
	return names
}

// add takes one sale in, under the keys of its numbers.
func (a *Answer) add(s Sale, asked map[string]bool) error {
	s.Serial, s.MAC = strings.ToUpper(strings.TrimSpace(s.Serial)), rules.NumberKey(s.MAC)
	serial := rules.NumberKey(s.Serial)
	switch {
	case serial == "" && s.MAC == "":
		return errors.New("neither serial nor mac")
	case !asked[serial] && !asked[s.MAC]:
		return fmt.Errorf("the unit %.40q was not asked for", or(s.Serial, s.MAC))
	case s.MAC != "" && (len(s.MAC) != 12 || strings.Trim(s.MAC, "0123456789ABCDEF") != ""):
		return fmt.Errorf("%.40q is no MAC", s.MAC)
	}
	if s.Status = or(s.Status, rules.Sold); !slices.Contains([]rules.SaleStatus{rules.Sold, rules.SaleReplaced, rules.Scrapped}, s.Status) {
		return fmt.Errorf("the status %.40q is none of sold, replaced, scrapped", s.Status)
	}
	for _, key := range slices.Compact([]string{serial, s.MAC}) {
		if key == "" {
			continue
		}
		if _, ok := a.Sales[key]; ok {
			return fmt.Errorf("the unit %.40q is named twice: give the sale that counts", key)
		}
		a.Sales[key] = s.Sale()
	}
	return nil
}

func (a *Account) check() error {
	for _, list := range [][]string{a.Addresses, a.Domains} {
		for i := range list {
			list[i] = strings.ToLower(strings.TrimSpace(list[i]))
		}
	}
	switch {
	case a.Number == "":
		return errors.New("it has no number")
	case !slices.Contains([]string{"", "en", "fr", "nl", "it", "de"}, a.Language):
		return fmt.Errorf("the language %.40q is none of en, fr, nl, it, de", a.Language)
	case !slices.Contains([]rules.Role{"", rules.RoleCustomer, rules.RoleDistributor, rules.RoleEndUser}, a.Role):
		return fmt.Errorf("the role %.40q is none of customer, distributor, end_user", a.Role)
	}
	return nil
}
