package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

type printCmd struct {
	Config     printConfigCmd        `cmd:"" help:"A configuration to begin with."`
	Systemd    printSystemdCmd       `cmd:"" help:"A unit for systemd, with everything shut off that the desk does not need."`
	Container  printContainerCmd     `cmd:"" help:"A Containerfile: the binary, and the certificates that it trusts."`
	Completion printCompletionCmd    `cmd:"" help:"Completions for a shell."`
	Man        printManCmd           `cmd:"" help:"The manual page."`
	Metrics    printMetricsCmd       `cmd:"" help:"What /metrics serves, as a table."`
	Alerts     printAlertsCmd        `cmd:"" help:"Alert rules for Prometheus."`
	Grafana    printGrafanaCmd       `cmd:"" help:"A board for Grafana."`
	Schema     printWebhookSchemaCmd `cmd:"" name:"webhook-schema" help:"What webhooks say, as JSON Schema."`
}

type printSystemdCmd struct {
	User   string `help:"Who the desk runs as; systemd makes the user if there is none." default:"retour"`
	Config string `help:"Where the configuration lies." default:"/etc/retour/retour.yaml" name:"at"`
}

// Help says how it is installed.
func (printSystemdCmd) Help() string {
	return `  retour print systemd | sudo tee /etc/systemd/system/retour.service
  sudo systemctl daemon-reload && sudo systemctl enable --now retour

The casebook lies in /var/lib/retour, as "retour print config" says. Configuration, policy and texts in
/etc/retour must be readable by all; secrets are files in the folder /etc/retour/secrets that only root
can read: the unit hands them over, and the desk finds them by the same name. A refresh token (oauth) is
written anew now and then: it lies in /var/lib/retour. "systemctl reload retour" takes a changed policy
up, and fails with what is wrong where it has a fault. For several desks in one process --at names their
folder, /etc/retour/desks. A look-up command of your own may need more than the unit allows; "systemctl
edit retour" gives it that.`
}

type printConfigCmd struct {
	Address string `help:"Of the desk: customers write to it." default:"rma@example.com"`
	IMAP    string `help:"Server of its mailbox." default:"imap.example.com" name:"imap"`
	SMTP    string `help:"Server that takes its mails." default:"smtp.example.com" name:"smtp"`
	User    string `help:"Login at both, where it is not the address."`
}

// Help says what remains to be done.
func (printConfigCmd) Help() string {
	return `  retour print config --address rma@example.com --imap imap.example.com --smtp smtp.example.com |
      sudo tee /etc/retour/retour.yaml

It is for the unit of "retour print systemd". Slack is off in it: until that is set up, "retour cases"
and "retour hold list" show what needs a person. All that may stand in it is in the README.`
}

var firstConfig = template.Must(template.New("config").Parse(`desk:
  name: Returns desk
  address: {{.Address}}
  company: ""                                 # as customers read it, such as Example Distribution
  return_address: []                          # where parcels go: [Example Distribution, Dock 7, 1000 Brussels, Belgium]
  support: ""                                 # page of your technical support, which sees a fault before a return
  phone: ""
  language: en                                # where a mail does not tell: en fr nl it de
  time_zone: Europe/Brussels
  alerts: []                                  # who is told when the mailbox is out of reach: [it@example.com]
store: /var/lib/retour/retour.db
mailbox:
  host: {{.IMAP}}
  user: {{.User}}
  password: {file: /etc/retour/secrets/mailbox}
  trusted_authserv_id: ""                     # of your mail server, if it checks senders: "retour doctor" tells
smtp:
  host: {{.SMTP}}
  user: {{.User}}
  password: {file: /etc/retour/secrets/smtp}
slack:
  mode: off
metrics: {listen: 9464}                       # http://127.0.0.1:9464/readyz
`))

func (p *printConfigCmd) Run(w *world) error {
	if p.User == "" {
		p.User = p.Address
	}
	return firstConfig.Execute(w.stdout, p)
}

var unit = template.Must(template.New("unit").Parse(`[Unit]
Description=Retour returns desk
Documentation=man:retour(1)
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
ExecStart={{.Binary}} --config {{.Config}} serve
{{if .One}}ExecReload={{.Binary}} --config {{.Config}} check
{{end}}ExecReload=/bin/sh -c "kill -HUP $MAINPID"
{{if not .One}}ExecReload={{.Binary}} --config {{.Config}} check
{{end}}Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
TimeoutStopSec=60
WatchdogSec=120

DynamicUser=yes
User={{.User}}
StateDirectory=retour
StateDirectoryMode=0700
WorkingDirectory=/var/lib/retour
LoadCredential={{.Secrets}}
UMask=0077
MemoryMax=1G
TasksMax=256

CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateMounts=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
DevicePolicy=closed
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallFilter=setrlimit
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`))

func (p *printSystemdCmd) Run(w *world) error {
	// One desk with a fault is not reloaded, and "systemctl reload" says so. Of a
	// folder, the other desks are to be. A small system has no kill but that of its
	// shell.
	one := filepath.Ext(p.Config) != ""
	return unit.Execute(w.stdout, map[string]any{"Binary": installed(), "User": p.User, "Config": p.Config, "One": one, "Secrets": "secrets:/etc/retour/secrets"})
}

// installed is where the unit finds the program: where it lies now, unless that is
// a place which the unit shuts off (ProtectHome, PrivateTmp).
func installed() string {
	binary, err := os.Executable()
	for _, shut := range []string{"/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"} {
		if err != nil || strings.HasPrefix(binary, shut) {
			return "/usr/local/bin/retour"
		}
	}
	return binary
}

type printContainerCmd struct{}

const containerfile = `# podman build -t retour .    (docker build -t retour -f Containerfile .)
# podman run --read-only --cap-drop=all --security-opt=no-new-privileges -v retour:/data -v ./config:/config:ro retour
# In retour.yaml: "store: /data/retour.db"; secrets are files in /config.
FROM docker.io/library/golang:1.26 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags="-s -w" -o /out/retour ./cmd/retour && mkdir -p /out/volumes && mkdir -m 0700 /out/volumes/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/retour /retour
# The folder above is copied, so that the mode of /data stays.
COPY --from=build --chown=65532:65532 /out/volumes/ /
USER 65532:65532
WORKDIR /data
# There is no /tmp here.
ENV TMPDIR=/data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["/retour", "--config", "/config/retour.yaml"]
CMD ["serve"]
`

func (printContainerCmd) Run(w *world) error {
	_, err := io.WriteString(w.stdout, containerfile)
	return err
}

type printCompletionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help says where they go.
func (printCompletionCmd) Help() string {
	return `  retour print completion bash > /etc/bash_completion.d/retour
  retour print completion zsh  > "${fpath[1]}/_retour"
  retour print completion fish > ~/.config/fish/completions/retour.fish`
}

// choice is what may follow a command: its own commands and options.
type choice struct {
	path  string // "case show"; empty: retour itself
	words []word
}

type word struct{ text, help string }

// choices are what may follow each command, from kong's own model.
func choices(n *kong.Node, path string) []choice {
	c := choice{path: path}
	var deeper []choice
	for _, child := range n.Children {
		if child.Hidden {
			continue
		}
		c.words = append(c.words, word{child.Name, child.Help})
		deeper = append(deeper, choices(child, strings.TrimSpace(path+" "+child.Name))...)
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			c.words = append(c.words, word{"--" + f.Name, f.Help})
		}
	}
	return append([]choice{c}, deeper...)
}

func (p *printCompletionCmd) Run(w *world, k *kong.Kong) error {
	list := choices(k.Model.Node, "")
	var b strings.Builder
	switch p.Shell {
	case "bash":
		bashCompletion(&b, list)
	case "zsh":
		b.WriteString("#compdef retour\nautoload -U +X bashcompinit && bashcompinit\n")
		bashCompletion(&b, list)
	case "fish":
		fishCompletion(&b, list)
	}
	_, err := io.WriteString(w.stdout, b.String())
	return err
}

func bashCompletion(b *strings.Builder, list []choice) {
	b.WriteString(`_retour() {
    local path="" word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case " $(_retour_words "$path") " in
            *" $word "*) [[ $word == -* ]] || path="${path:+$path }$word" ;;
        esac
    done
    COMPREPLY=($(compgen -W "$(_retour_words "$path")" -- "${COMP_WORDS[COMP_CWORD]}"))
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
    fi
}
_retour_words() {
    case "$1" in
`)
	for _, c := range list {
		var words []string
		for _, w := range c.words {
			words = append(words, w.text)
		}
		fmt.Fprintf(b, "        '%s') echo '%s' ;;\n", c.path, strings.Join(words, " "))
	}
	b.WriteString("    esac\n}\ncomplete -o filenames -F _retour retour\n")
}

func fishCompletion(b *strings.Builder, list []choice) {
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }
	for _, c := range list {
		when := "__fish_use_subcommand"
		if names := strings.Fields(c.path); len(names) > 0 {
			var conds []string
			for _, n := range names {
				conds = append(conds, "__fish_seen_subcommand_from "+n)
			}
			when = strings.Join(conds, "; and ")
		}
		for _, w := range c.words {
			if name, option := strings.CutPrefix(w.text, "--"); option {
				fmt.Fprintf(b, "complete -c retour -n %s -l %s -d %s\n", quote(when), name, quote(w.help))
			} else {
				fmt.Fprintf(b, "complete -c retour -f -n %s -a %s -d %s\n", quote(when), w.text, quote(w.help))
			}
		}
	}
}

type printManCmd struct{}

// Help says where it goes.
func (printManCmd) Help() string {
	return "  retour print man | sudo tee /usr/local/share/man/man1/retour.1"
}

// Run writes the manual page in the macros of man(7).
func (printManCmd) Run(w *world, k *kong.Kong) error {
	var b strings.Builder
	b.WriteString(".TH RETOUR 1\n.SH NAME\nretour \\- the returns desk of a distributor, run by e-mail\n.SH SYNOPSIS\n.B retour\n.RI [ options ]\n.I command\n.SH DESCRIPTION\n")
	roffText(&b, description)
	b.WriteString(".SH OPTIONS\n")
	roffFlags(&b, k.Model.Flags)
	b.WriteString(".SH COMMANDS\n")
	roffCommands(&b, k.Model.Node, "")
	b.WriteString(".SH FILES\n.TP\n.I retour.yaml\nThe configuration, where no other is named.\n.SH ENVIRONMENT\n.TP\n.B RETOUR_CONFIG\nThe configuration file.\n")
	_, err := io.WriteString(w.stdout, b.String())
	return err
}

func roffCommands(b *strings.Builder, n *kong.Node, path string) {
	for _, c := range n.Children {
		if c.Hidden {
			continue
		}
		name := strings.TrimSpace(path + " " + c.Name)
		if len(c.Children) > 0 {
			roffCommands(b, c, name)
			continue
		}
		var args []string
		for _, p := range c.Positional {
			args = append(args, p.Summary())
		}
		fmt.Fprintf(b, ".SS %s\n", roff(strings.TrimSpace("retour "+name+" "+strings.Join(args, " "))))
		roffText(b, cmp.Or(c.Help, c.Name))
		roffText(b, c.Detail)
		for _, p := range c.Positional {
			fmt.Fprintf(b, ".TP\n.I %s\n%s\n", roff(p.Summary()), roff(p.Help))
		}
		roffFlags(b, c.Flags)
	}
}

func roffFlags(b *strings.Builder, flags []*kong.Flag) {
	for _, f := range flags {
		if !f.Hidden {
			fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(f.String()), roff(f.Help))
		}
	}
}

// roffText writes paragraphs; lines that are indented stand as they are.
func roffText(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	b.WriteString(".PP\n")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "":
			b.WriteString(".PP\n")
		case strings.HasPrefix(line, "  "):
			fmt.Fprintf(b, ".EX\n%s\n.EE\n", roff(line))
		default:
			fmt.Fprintf(b, "%s\n", roff(line))
		}
	}
}

// roff escapes what would be a command of roff(7).
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
