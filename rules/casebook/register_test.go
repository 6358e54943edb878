package casebook

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retour/rules"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// sold puts sales into the register as they are.
func sold(t testing.TB, b *Book, sales ...rules.Sale) {
	t.Helper()
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for _, s := range sales {
			if err := tx.saveSale(ctx, &saleRow{Sale: s}); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestSales(t *testing.T) {
	b := newBook(t)
	phone := rules.Sale{Serial: "31-09/0123", MAC: "805EC0123456", Manufacturer: "yealink", Customer: "1001", Delivered: date(2025, 3, 1), Status: rules.Sold}
	again := phone
	again.Customer, again.Delivered = "1002", date(2025, 9, 1)
	sold(t, b, again, phone, rules.Sale{Serial: "777", Manufacturer: "snom", Delivered: date(2024, 1, 1), Licensed: date(2024, 2, 1)},
		rules.Sale{Serial: "7-7-7", Manufacturer: "patton", Delivered: date(2023, 1, 1)}, rules.Sale{MAC: "000413AABBCC"})
	got := must(b.Sales(t.Context(), []string{"31090123", "805EC0123456", "777", "000413AABBCC", "UNKNOWN", ""}))(t)
	want := map[string]rules.Sale{
		"31090123": again, "805EC0123456": again, "000413AABBCC": {MAC: "000413AABBCC"},
		"777":        {Serial: "777", Manufacturer: "snom", Delivered: date(2024, 1, 1), Licensed: date(2024, 2, 1)},
		"777/snom":   {Serial: "777", Manufacturer: "snom", Delivered: date(2024, 1, 1), Licensed: date(2024, 2, 1)},
		"777/patton": {Serial: "7-7-7", Manufacturer: "patton", Delivered: date(2023, 1, 1)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sales (-want +got):\n%s", diff)
	}
}

func TestSetReplaced(t *testing.T) {
	b := newBook(t)
	sold(t, b,
		rules.Sale{Serial: "OLD1", Manufacturer: "snom", Model: "D785", Customer: "1001", Delivered: date(2025, 3, 1), Status: rules.Sold},
		rules.Sale{Serial: "STOCK2", Customer: "1001", Delivered: date(2026, 3, 2), Invoice: "I7", Status: rules.Sold},
		rules.Sale{Serial: "OLD3", Customer: "1003", Delivered: date(2025, 3, 1), Status: rules.Sold},
		rules.Sale{Serial: "REFURB3", Customer: "1009", Delivered: date(2023, 3, 1), Status: rules.Sold})
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for _, p := range [][2]string{{"old-1", "new1"}, {"NEW1", "STOCK2"}, {"OLD3", "REFURB3"}, {"NOWHERE", "ELSEWHERE"}} {
			if err := tx.SetReplaced(ctx, p[0], p[1]); err != nil {
				return err
			}
		}
		return tx.SetStatus(ctx, "STOCK2", rules.Scrapped)
	})
	got := must(b.Sales(t.Context(), []string{"OLD1", "NEW1", "STOCK2", "REFURB3", "NOWHERE", "ELSEWHERE"}))(t)
	want := map[string]rules.Sale{
		"OLD1":      {Serial: "OLD1", Manufacturer: "snom", Model: "D785", Customer: "1001", Delivered: date(2025, 3, 1), Status: rules.SaleReplaced, ReplacedBy: "new1"},
		"NEW1":      {Serial: "NEW1", Manufacturer: "snom", Model: "D785", Customer: "1001", Shipped: date(2026, 3, 4), Status: rules.SaleReplaced, ReplacedBy: "STOCK2", Replaces: "old-1"},
		"STOCK2":    {Serial: "STOCK2", Customer: "1001", Delivered: date(2026, 3, 2), Invoice: "I7", Status: rules.Scrapped, Replaces: "NEW1"},
		"REFURB3":   {Serial: "REFURB3", Customer: "1003", Shipped: date(2026, 3, 4), Status: rules.Sold, Replaces: "OLD3"},
		"NOWHERE":   {Serial: "NOWHERE", Status: rules.SaleReplaced, ReplacedBy: "ELSEWHERE"},
		"ELSEWHERE": {Serial: "ELSEWHERE", Shipped: date(2026, 3, 4), Status: rules.Sold, Replaces: "NOWHERE"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sales (-want +got):\n%s", diff)
	}
	if must(b.HasRegister(t.Context()))(t) {
		t.Error("the desk's own notes make no register: every other unit would count as not sold")
	}
	err := b.Write(t.Context(), noon, func(tx *Tx) error { return tx.SetReplaced(t.Context(), "X 1", "x1") })
	if err == nil {
		t.Error("a unit replaced itself")
	}
}
