//go:build !chaos

package main

import "time"

// insidesOf are those of the desk that is shipped: nobody is told where the work
// stands, and the clock is the machine's.
func insidesOf(func(string) string) (insides, error) { return insides{now: time.Now}, nil }
