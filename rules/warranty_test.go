package rules

import (
	"testing"
	"time"
)

func date(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestInForce(t *testing.T) {
	p := policy(t, "version: t\nmanufacturers: [{id: fanvil, warranty: {months: 1, start: delivery, doa_days: 30}}]")
	now := date(t, "2025-11-21")
	d := func(s string) time.Time { return date(t, s) }
	for _, c := range []struct {
		name  string
		item  Item
		dates Dates
		until string
		why   string
	}{
		{"delivery", Item{Manufacturer: "voismart", Model: "VoIP phone"}, Dates{FromDelivery: d("2025-04-30")}, "2026-04-30",
			"In warranty until 2026-04-30: 12 months from the delivery on 2025-04-30."},
		{"licence", Item{Manufacturer: "voismart", Model: "Orchestra IPBX"}, Dates{FromDelivery: d("2024-01-01"), FromLicence: d("2024-12-01")}, "2025-12-01",
			"In warranty until 2025-12-01: 12 months from the licence registration on 2024-12-01."},
		{"licence unknown", Item{Manufacturer: "voismart", Model: "GSM gateway"}, Dates{FromDelivery: d("2024-01-01")}, "2025-01-01",
			"Out of warranty since 2025-01-01: 12 months from the delivery on 2024-01-01 (the date of the licence registration, from which it counts, is not known)."},
		{"manufacturer", Item{Manufacturer: "snom"}, Dates{FromPurchase: d("2022-11-21")}, "2025-11-21",
			"In warranty until 2025-11-21: 36 months from the purchase on 2022-11-21."},
		{"end of a short month, DOA", Item{Manufacturer: "fanvil"}, Dates{FromDelivery: d("2025-10-31")}, "2025-11-30",
			"In warranty until 2025-11-30: 1 month from the delivery on 2025-10-31; dead on arrival until 2025-11-30."},
		{"nothing known", Item{Manufacturer: "snom"}, nil, "",
			"The warranty cannot be told: it runs 36 months from the purchase, and that date is not known."},
	} {
		t.Run(c.name, func(t *testing.T) {
			until, why := p.InForce(c.item, c.dates, now)
			got := ""
			if !until.IsZero() {
				got = until.Format(time.DateOnly)
			}
			if got != c.until || why != c.why {
				t.Errorf("%s %s", got, why)
			}
		})
	}
}

// The last day counts whole, by the desk's own date.
func TestLastDayInWarranty(t *testing.T) {
	p := policy(t, "version: t")
	dates := Dates{FromDelivery: date(t, "2025-01-12")}
	for at, want := range map[string]string{"2026-01-12 23:59": "In", "2026-01-13 00:01": "Out"} {
		if _, why := p.InForce(Item{Manufacturer: "voismart"}, dates, rome(t, at)); why[:len(want)] != want {
			t.Errorf("%s: %s", at, why)
		}
	}
}

// Nobody buys tomorrow: such a date decides nothing.
func TestPurchaseInTheFuture(t *testing.T) {
	p := policy(t, "version: t")
	c := Case{Reason: Defective, PurchaseDate: "2027-01-01", Items: []Item{{Position: 1, Manufacturer: "snom"}}}
	p.judge(&c, date(t, "2026-01-01"))
	if !c.Items[0].WarrantyTo.IsZero() {
		t.Error(c.Items[0].WarrantyWhy)
	}
}
