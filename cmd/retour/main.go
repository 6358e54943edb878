// Command retour is a returns desk run by e-mail: it reads the RMA mailbox,
// decides by the policy, answers customers in their language and puts what
// needs a person before the staff in Slack.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"

	"retour/rules"
)

// The exit codes, as --help tells them.
const (
	exitOK     = 0
	exitFailed = 1 // it was tried and did not work
	exitUsage  = 2 // the command line or the configuration is wrong, or a path cannot be opened
	exitDiffer = 3 // explain --compare found mails that would be decided otherwise
)

// cli is the command line.
type cli struct {
	Config string `help:"Configuration file; where there is none here, that of /etc/retour." short:"c" default:"retour.yaml" env:"RETOUR_CONFIG"`

	Serve     serveCmd     `cmd:"" help:"Run the desk: read the mailbox, answer, keep Slack up to date."`
	Demo      demoCmd      `cmd:"" help:"Run the desk on loopback with sample mails and a page to look at."`
	Explain   explainCmd   `cmd:"" help:"Say what the desk would make of mails, touching nothing."`
	Check     checkCmd     `cmd:"" help:"Check configuration, policy and every text; with --online also the servers."`
	Cases     casesCmd     `cmd:"" help:"List cases, the nearest deadline first."`
	Case      caseCmd      `cmd:"" help:"Show a case, send its last undelivered mail again, print its return slip."`
	Ledger    ledgerCmd    `cmd:"" help:"Prove that no mail is lost: every mail and what became of it."`
	Hold      holdCmd      `cmd:"" help:"Mails that wait for a person: list, read, decide."`
	Blocked   blockedCmd   `cmd:"" help:"Whose mails nobody wants: list, let in again."`
	States    statesCmd    `cmd:"" help:"Print the lifecycle of a return."`
	Digest    digestCmd    `cmd:"" help:"Make a digest for managers: into a file, or send it."`
	Register  registerCmd  `cmd:"" help:"Import what was sold, find a unit in it."`
	Directory directoryCmd `cmd:"" help:"Import who the customers are, find one."`
	Webhooks  webhooksCmd  `cmd:"" help:"Systems that follow the cases: how they do, what was given up, send again, send a test."`
	Backfill  backfillCmd  `cmd:"" help:"Take older mails of the mailbox in, silently."`
	Backup    backupCmd    `cmd:"" help:"Copy the casebook while the desk works, and check the copy."`
	Migrate   migrateCmd   `cmd:"" help:"Bring a casebook from a file into a PostgreSQL database, or back."`
	Bucket    bucketCmd    `cmd:"" help:"Raw mails that lie in S3-compatible storage: how many, bring them back."`
	Restore   restoreCmd   `cmd:"" help:"Check a copy of the casebook, or put it in the place of one that is lost."`
	Export    exportCmd    `cmd:"" help:"Write down all that the desk has of a person, to give it to him."`
	Forget    forgetCmd    `cmd:"" help:"Delete a person; what the books need of his cases stays."`
	Retention retentionCmd `cmd:"" help:"Forget what is older than the configuration allows; the running desk does it every night."`
	Simulate  simulateCmd  `cmd:"" help:"Play a year of a desk into a new casebook: customers, staff, manufacturers."`
	Bench     benchCmd     `cmd:"" help:"Measure the desk against what the servers and the disk alone would take."`
	Doctor    doctorCmd    `cmd:"" help:"Say in plain words what is wrong with the desk, and what to do."`
	Print     printCmd     `cmd:"" help:"Print what makes the desk easy to run: a configuration, a systemd unit, alert rules, the manual page, …"`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	BenchPart      benchPartCmd      `cmd:"" hidden:"" help:"One process of the bench; the bench starts it."`
	ReadAttachment readAttachmentCmd `cmd:"" hidden:"" help:"Read one file of a mail; the desk starts it."`
}

const description = `Retour runs the returns (RMA) desk of a distributor by e-mail.

Exit codes: 0 done, 1 it did not work, 2 the command line or the configuration is wrong,
3 explain --compare found mails that would be decided otherwise.`

// world is what a command may touch beside its own arguments.
type world struct {
	ctx         context.Context
	stdout      io.Writer
	stderr      io.Writer
	stdin       io.Reader
	interactive bool // stderr is a terminal
	piped       bool // stdout is none: a progress bar disturbs nothing
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(&world{ctx: ctx, stdout: os.Stdout, stderr: os.Stderr, stdin: os.Stdin, interactive: isTerminal(os.Stderr), piped: !isTerminal(os.Stdout)}, os.Args[1:])
	stop()
	os.Exit(code)
}

// Where the configuration is looked for: here, then where the unit has it.
const (
	configFile   = "retour.yaml"
	systemConfig = "/etc/retour/retour.yaml"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// run parses the command line, runs the command and says how it ended.
func run(w *world, args []string) int {
	var c cli
	exited, code := false, exitOK
	parser, err := kong.New(&c, kong.Name("retour"), kong.Description(description), kong.Writers(w.stdout, w.stderr),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(n int) { exited, code = true, n }))
	if err != nil {
		fmt.Fprintln(w.stderr, "retour:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintf(w.stderr, "retour: %v\nTry: retour --help\n", err)
		return exitUsage
	}
	if c.Config == "" { // RETOUR_CONFIG is set to nothing
		c.Config = configFile
	}
	if c.Config == configFile && !exists(configFile) && exists(systemConfig) {
		c.Config = systemConfig
	}
	return exitCode(w, kctx.Run(w, &c))
}

// usageError is a fault of the command line or the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitCode(w *world, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errDiffers) {
		return exitDiffer
	}
	var faults rules.Faults
	if errors.As(err, &faults) {
		fmt.Fprintf(w.stderr, "%s\nretour: %s\n", faults, countFaults(faults))
		return exitUsage
	}
	fmt.Fprintln(w.stderr, "retour:", discretion{}.clean(err.Error()))
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

func countFaults(faults rules.Faults) string {
	warnings := 0
	for _, f := range faults {
		if f.Warning {
			warnings++
		}
	}
	text := number(len(faults)-warnings, "fault")
	if warnings > 0 {
		text += ", " + number(warnings, "warning")
	}
	return text
}

// number counts: many is what more than one are called, where an s does not do.
func number(n int, what string, many ...string) string {
	switch {
	case n != 1 && len(many) > 0:
		what = many[0]
	case n != 1:
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// progress counts on stderr, where somebody watches.
func progress(w *world, what string, visible bool) *progressbar.ProgressBar {
	return progressbar.NewOptions(-1, progressbar.OptionSetWriter(w.stderr), progressbar.OptionSetVisibility(visible && w.interactive),
		progressbar.OptionSetDescription(what), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(200*time.Millisecond))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
