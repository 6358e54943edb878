package main

import (
	"fmt"
	"strings"
)

// alert is a rule for Prometheus: what is wrong, and what to do.
type alert struct {
	name     string
	expr     string
	lasts    string // for how long before anybody is told
	severity string // critical: customers feel it; warning: they will
	says     string
	todo     string
}

// alerts are the rules that are shipped.
var alerts = []alert{
	{"RetourDown", `up{job="retour"} == 0 or absent(up{job="retour"})`, "5m", "critical", "The desk does not run, or cannot be asked.", "systemctl status retour; retour doctor"},
	{"RetourMailboxOutOfReach", `retour_mailbox_up == 0`, "10m", "critical", "No mail can be read.", "retour doctor looks at IMAP"},
	{"RetourClockStands", `time() - retour_clock_timestamp_seconds > 300`, "1m", "critical", "The desk does not look at the deadlines any more.", "systemctl restart retour; its log says why"},
	{"RetourMailsWait", `time() - retour_outbox_oldest_timestamp_seconds > 1800`, "5m", "critical", "A mail to a customer could not be sent for half an hour.", "retour doctor looks at SMTP"},
	{"RetourMailsUnaccounted", `retour_mails_unaccounted > 0`, "15m", "critical", "Nothing has become of a mail that was seen.", "retour ledger names it"},
	{"RetourDiskNearlyFull", `retour_casebook_free_bytes < 500e6`, "10m", "critical", "The casebook's disk is nearly full: then no mail can be taken in.", "make room"},
	{"RetourDeskClosed", `retour_desk_open == 0`, "5m", "critical", "The desk {{ $labels.desk }} is not open, the others of its process are.", "/readyz and the log say why; mend its file, systemctl reload retour"},
	{"RetourNotReady", `retour_ready == 0`, "15m", "warning", "The desk cannot do all its work.", "/readyz and retour doctor say what is missing"},
	{"RetourSlackOutOfReach", `retour_slack_up == 0`, "15m", "warning", "Slack does not work: {{ $labels.part }}.", "retour doctor looks at Slack"},
	{"RetourBucketOutOfReach", `retour_bucket_up == 0`, "30m", "warning", "The bucket takes no raw mails: they stay in the casebook, which grows.", "retour check --online and retour doctor say what is wrong"},
	{"RetourCasesLate", `retour_cases_late > 0`, "4h", "warning", "{{ $value }} cases are late.", "/rma late in Slack, or retour cases"},
	{"RetourMailsUndelivered", `retour_cases_undelivered > 0`, "1h", "warning", "{{ $value }} customers did not get the last mail about their case.", "Retry or Fix address on the card; retour case resend"},
	{"RetourMailsHeld", `min_over_time(retour_mails_held[24h]) > 0`, "1h", "warning", "Mails have waited for a person for a day.", "/rma held in Slack, or retour hold list"},
	{"RetourWebhooksWait", `time() - retour_webhooks_oldest_timestamp_seconds > 3600`, "5m", "warning", "{{ $labels.endpoint }} has taken no webhooks for an hour.", "retour webhooks"},
	{"RetourWebhooksDead", `retour_webhooks_dead > 0`, "5m", "warning", "{{ $value }} webhooks for {{ $labels.endpoint }} were given up.", "retour webhooks dead; retour webhooks retry"},
	{"RetourWebhooksShut", `retour_webhooks_shut > 0`, "5m", "warning", "{{ $labels.endpoint }} wants no webhooks any more.", "retour webhooks enable, or take it out of the configuration"},
	{"RetourNoBackup", `time() - (retour_backup_timestamp_seconds or process_start_time_seconds) > 2 * 86400`, "1h", "warning", "The casebook was not copied for two days.", "retour backup FOLDER --keep 14, every night"},
	{"RetourMemory", `process_resident_memory_bytes{job="retour"} > 500e6`, "30m", "warning", "The desk has more memory than it should need.", "systemctl restart retour, and tell its makers"},
}

type printAlertsCmd struct{}

// Help says where they go.
func (printAlertsCmd) Help() string {
	return `  retour print alerts | sudo tee /etc/prometheus/retour.rules.yml
  promtool check rules /etc/prometheus/retour.rules.yml

Name the file under rule_files, and the desk under scrape_configs as job retour (metrics.listen in the
configuration says where it listens).`
}

func (printAlertsCmd) Run(w *world) error {
	var b strings.Builder
	b.WriteString("groups:\n  - name: retour\n    rules:\n")
	for _, a := range alerts {
		fmt.Fprintf(&b, "      - alert: %s\n        expr: %s\n        for: %s\n        labels:\n          severity: %s\n        annotations:\n          summary: %s\n          description: %s\n",
			a.name, a.expr, a.lasts, a.severity, yamlText(a.says), yamlText("What to do: "+a.todo))
	}
	_, err := fmt.Fprint(w.stdout, b.String())
	return err
}

// yamlText is a text in the double quotes of YAML.
func yamlText(s string) string { return fmt.Sprintf("%q", s) }

// panel is one picture of the board.
type panel struct {
	title  string
	says   string
	kind   string // stat, timeseries, bargauge
	unit   string
	expr   string // one a line
	legend string // one a line
	wide   int    // of 24
	red    float64
}

// board is what managers and operators want to see first, from top to bottom.
var board = []panel{
	{"Ready", "1: the desk can do all its work", "stat", "", `retour_ready`, "", 4, 0},
	{"Late cases", "staff let a deadline pass", "stat", "", `retour_cases_late`, "", 4, 1},
	{"Undelivered", "the customer did not get the last mail", "stat", "", `retour_cases_undelivered`, "", 4, 1},
	{"Mails held", "wait for a person", "stat", "", `retour_mails_held`, "", 4, 10},
	{"Mails waiting", "to customers", "stat", "", `retour_outbox_waiting{to="customer"}`, "", 4, 20},
	{"Last mail read", "", "stat", "s", `time() - retour_mail_seen_timestamp_seconds`, "", 4, 0},
	{"Open cases by state", "", "timeseries", "", `retour_cases_open`, "{{state}}", 12, 0},
	{"Cases opened and closed each day", "", "timeseries", "", "increase(retour_cases_opened_total[1d])\nsum(increase(retour_cases_closed_total[1d]))", "opened\nclosed", 12, 0},
	{"How cases end, last 30 days", "", "bargauge", "", `increase(retour_cases_closed_total[30d])`, "{{closing}}", 8, 0},
	{"Units with their manufacturer", "", "bargauge", "", `retour_units_at_manufacturer > 0`, "{{manufacturer}}", 8, 0},
	{"What becomes of mails, last 7 days", "", "bargauge", "", `increase(retour_mails_total[7d])`, "{{fate}}", 8, 0},
	{"What waits to be sent", "", "timeseries", "", `retour_outbox_waiting`, "{{to}}", 8, 0},
	{"Webhooks that wait or were given up", "", "timeseries", "", `retour_webhooks_waiting + retour_webhooks_dead`, "{{endpoint}}", 8, 0},
	{"Memory", "", "timeseries", "bytes", `process_resident_memory_bytes{job="retour"}`, "desk", 8, 0},
	{"Mailbox and Slack", "1: works", "timeseries", "", `retour_slack_up or retour_mailbox_up`, "{{part}}", 8, 0},
	{"Casebook", "", "timeseries", "bytes", `retour_casebook_size_bytes`, "size", 8, 0},
	{"Room on its disk", "", "timeseries", "bytes", `retour_casebook_free_bytes`, "free", 8, 0},
}

type printGrafanaCmd struct{}

// Help says where it goes.
func (printGrafanaCmd) Help() string {
	return `  retour print grafana > retour.json

In Grafana: Dashboards, New, Import, and choose the Prometheus that asks the desk.`
}

func (printGrafanaCmd) Run(w *world) error { return writeJSON(w.stdout, grafana()) }

// grafana is the board in Grafana's JSON model
// (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
func grafana() object {
	var panels []object
	x, y, height := 0, 0, 0
	for i, p := range board {
		tall := map[string]int{"stat": 4}[p.kind]
		if tall == 0 {
			tall = 8
		}
		if x+p.wide > 24 {
			x, y = 0, y+height
		}
		height = tall
		panels = append(panels, p.json(i+1, object{"x": x, "y": y, "w": p.wide, "h": tall}))
		x += p.wide
	}
	source := object{"type": "prometheus", "uid": "${source}"}
	for _, p := range panels {
		p["datasource"] = source
	}
	return object{
		"title": "Returns desk", "uid": "retour", "schemaVersion": 39, "timezone": "browser", "refresh": "1m", "editable": true, "tags": []string{"retour"},
		"time":       object{"from": "now-7d", "to": "now"},
		"templating": object{"list": []object{{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}}},
		"panels":     panels,
	}
}

func (p panel) json(id int, at object) object {
	steps := []object{{"color": "green", "value": nil}}
	if p.red > 0 {
		steps = append(steps, object{"color": "red", "value": p.red})
	}
	if p.title == "Ready" {
		steps = []object{{"color": "red", "value": nil}, {"color": "green", "value": 1}}
	}
	var targets []object
	legends := strings.Split(p.legend, "\n")
	for i, expr := range strings.Split(p.expr, "\n") {
		targets = append(targets, object{"refId": string(rune('A' + i)), "expr": expr, "legendFormat": legends[i], "instant": p.kind != "timeseries"})
	}
	return object{
		"id": id, "type": p.kind, "title": p.title, "description": p.says, "gridPos": at,
		"targets":     targets,
		"fieldConfig": object{"defaults": object{"unit": p.unit, "min": 0, "thresholds": object{"mode": "absolute", "steps": steps}}, "overrides": []object{}},
		"options":     object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}},
	}
}
