package main

import (
	"strings"
	"testing"
	"time"

	"retour/rules"
)

func TestBatchListOfEachManufacturer(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC) }
	cases := []rules.Case{
		{Number: "RMA-26-00001-2", Items: []rules.Item{{Manufacturer: "snom", Model: "D735", Serial: "S2", AtVendor: at(9)}, {Manufacturer: "snom", Serial: "S3"}}},
		{Number: "RMA-26-00002-0", Items: []rules.Item{{Manufacturer: "snom", Model: "D785", Serial: "S1", AtVendor: at(2), VendorRMA: "M-77"}, {Manufacturer: "fanvil", MAC: "0C383E1A2B3C", AtVendor: at(10)}}},
	}
	var b strings.Builder
	if err := printAway(&b, awayOf(cases), at(12), time.UTC); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := "MANUFACTURER ITS NUMBER SINCE DAYS CASE UNIT|fanvil – 2026-03-10 2 RMA-26-00002-0 fanvil 0C383E1A2B3C|" +
		"snom M-77 2026-03-02 10 RMA-26-00002-0 D785 S1|snom – 2026-03-09 3 RMA-26-00001-2 D735 S2|3 units"
	if strings.Join(got, "|") != want {
		t.Errorf("%s", b.String())
	}
}
