package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/rules"
)

// away is one unit that is with its manufacturer.
type away struct {
	number string // of the case
	rules.Item
}

// awayOf lists the units that are with their manufacturers, batch by batch, the
// longest away first in each.
func awayOf(cases []rules.Case) []away {
	var list []away
	for _, c := range cases {
		for _, it := range c.Items {
			if !it.AtVendor.IsZero() {
				list = append(list, away{c.Number, it})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b away) int {
		return cmp.Or(strings.Compare(a.Manufacturer, b.Manufacturer), a.AtVendor.Compare(b.AtVendor), strings.Compare(a.number, b.number))
	})
	return list
}

// printAway prints the batch list of each manufacturer, with how many days each
// unit has been there.
func printAway(out io.Writer, list []away, now time.Time, loc *time.Location) error {
	t := &table{header: []string{"MANUFACTURER", "ITS NUMBER", "SINCE", "DAYS", "CASE", "UNIT"}}
	for _, a := range list {
		days := int(now.Sub(a.AtVendor).Hours() / 24)
		t.add(cmp.Or(a.Manufacturer, "–"), cmp.Or(a.VendorRMA, "–"), a.AtVendor.In(loc).Format(time.DateOnly), strconv.Itoa(days), a.number, units([]rules.Item{a.Item}))
	}
	if err := t.print(out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%d units\n", len(list))
	return err
}
