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

// webhookWaits is the schedule of the Standard Webhooks specification: three days
// in all. After the last of them a webhook is given up.
var webhookWaits = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// WebhookBackoff returns how long a webhook waits after its attempt'th failure;
// over is true where there is no next attempt. jitter adds as it does to Backoff.
func WebhookBackoff(attempt int, jitter float64) (wait time.Duration, over bool) {
	if attempt > len(webhookWaits) {
		return 0, true
	}
	wait = webhookWaits[max(attempt, 1)-1]
	return wait + time.Duration(min(max(jitter, 0), 1)*float64(wait)/4), false
}
