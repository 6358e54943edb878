package notify

import "time"

// When a failed delivery is tried again: quickly in the first minutes, for
// greylisting and restarts, then hourly.
const (
	firstRetry   = 30 * time.Second
	slowestRetry = time.Hour
	patience     = 4 * 24 * time.Hour // as long as a mail server waits before it bounces
	fewestTries  = 10                 // however old a row is: the desk itself may have been down
)

// Backoff returns how long to wait after the attempt'th failure (1, 2, …).
// jitter, 0 to 1, adds up to a quarter, so that rows do not march in step.
func Backoff(attempt int, jitter float64) time.Duration {
	wait := slowestRetry
	if attempt < 8 {
		wait = firstRetry << max(attempt-1, 0)
	}
	return wait + time.Duration(min(max(jitter, 0), 1)*float64(wait)/4)
}

// GiveUp says whether a delivery that failed for the attempt'th time is given
// up; age is the time since it was first due.
func GiveUp(attempt int, age time.Duration) bool {
	return attempt >= fewestTries && age >= patience
}
