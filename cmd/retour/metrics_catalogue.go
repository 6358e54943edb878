package main

import (
	"fmt"
	"strings"
)

// metricDoc is one figure that a monitor can read.
type metricDoc struct {
	name   string
	kind   string // gauge, counter
	labels string // names, with blanks between
	says   string
}

// metricDocs are all of them, in the order in which they are served. What is not in
// it cannot be served.
var metricDocs = []metricDoc{
	{"retour_build_info", "gauge", "version", "The version of the program; always 1."},
	{"retour_ready", "gauge", "", "1 while the desk can do all its work; /readyz says what is missing."},
	{"retour_desk_open", "gauge", "desk", "1 while a desk of several in one process is open; then every figure but those of the process has the label desk."},
	{"retour_mailbox_up", "gauge", "", "1 while the mailbox can be read."},
	{"retour_part_held", "gauge", "part", "1 for each part of the work that this process does, 0 where another one does it."},
	{"retour_slack_up", "gauge", "part", "1 while Slack takes messages, and while its buttons work."},
	{"retour_bucket_up", "gauge", "", "1 while the bucket takes raw mails; absent where this process brings none there."},
	{"retour_clock_timestamp_seconds", "gauge", "", "When the desk last looked at the deadlines; twice a minute."},
	{"process_start_time_seconds", "gauge", "", "When the desk was started."},
	{"process_resident_memory_bytes", "gauge", "", "Memory that the desk has; without what its readers of attachments have."},

	{"retour_cases_open", "gauge", "state", "Open cases."},
	{"retour_cases_late", "gauge", "", "Open cases of which staff let a deadline pass."},
	{"retour_cases_undelivered", "gauge", "", "Open cases whose last mail did not reach the customer."},
	{"retour_cases_storage_ending", "gauge", "", "Open cases whose storage ends within three working days, or has ended."},
	{"retour_units_open", "gauge", "manufacturer", "Units in open cases that have not left the desk."},
	{"retour_units_at_manufacturer", "gauge", "manufacturer", "Units that are with their manufacturer."},

	{"retour_mails_held", "gauge", "", "Mails that wait for a person."},
	{"retour_mails_unaccounted", "gauge", "", "Mails that were seen more than ten minutes ago and of which nothing has become."},
	{"retour_outbox_waiting", "gauge", "to", "Mails to customers, and posts for staff, that are not sent yet."},
	{"retour_outbox_failed", "gauge", "to", "What was given up and has not been sent again since."},
	{"retour_outbox_oldest_timestamp_seconds", "gauge", "", "When the oldest mail to a customer that waits was written; absent where none does."},
	{"retour_mail_seen_timestamp_seconds", "gauge", "", "When the mailbox gave the last mail."},
	{"retour_mail_sent_timestamp_seconds", "gauge", "", "When a mail last left."},

	{"retour_webhooks_waiting", "gauge", "endpoint", "Webhooks that are not sent yet."},
	{"retour_webhooks_dead", "gauge", "endpoint", "Webhooks that were given up and have not been sent again since."},
	{"retour_webhooks_oldest_timestamp_seconds", "gauge", "endpoint", "When the oldest webhook that waits was written; absent where none does."},
	{"retour_webhooks_shut", "gauge", "endpoint", "1 where the endpoint said that it wants no webhooks any more."},

	{"retour_register_imported_timestamp_seconds", "gauge", "", "When sold units were last imported."},
	{"retour_directory_imported_timestamp_seconds", "gauge", "", "When customers were last imported."},
	{"retour_backup_timestamp_seconds", "gauge", "", "When the casebook was last copied (retour backup)."},
	{"retour_casebook_size_bytes", "gauge", "", "Size of the casebook's file."},
	{"retour_casebook_free_bytes", "gauge", "", "Room on the casebook's disk."},

	{"retour_cases_opened_total", "counter", "", "Cases opened."},
	{"retour_cases_closed_total", "counter", "closing", "Cases closed, by how they ended."},
	{"retour_case_transitions_total", "counter", "from to", "Changes of a case's state; from is empty where it was opened."},
	{"retour_mails_total", "counter", "fate", "Mails by what became of them; one that was held and then dealt with is counted under both."},
}

type printMetricsCmd struct{}

// Run prints the figures as a table of Markdown.
func (printMetricsCmd) Run(w *world) error {
	var b strings.Builder
	b.WriteString("| metric | kind | labels | what it says |\n| --- | --- | --- | --- |\n")
	for _, m := range metricDocs {
		labels := ""
		if m.labels != "" {
			labels = "`" + strings.ReplaceAll(m.labels, " ", "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.name, m.kind, labels, m.says)
	}
	_, err := fmt.Fprint(w.stdout, b.String())
	return err
}
