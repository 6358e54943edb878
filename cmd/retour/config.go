package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"retour/cmd/internal/tabular"
	"retour/notify/slackdesk"
	"retour/rules"
	"retour/rules/casebook"
)

// Config is retour.yaml. A secret is never written in it: it is named by the
// environment variable or the file that holds it.
type Config struct {
	Desk      DeskConfig      `yaml:"desk"`
	Store     string          `yaml:"store"`     // path of the SQLite file, or URL of a PostgreSQL database
	Policy    string          `yaml:"policy"`    // path; empty: the shipped policy
	Templates string          `yaml:"templates"` // folder whose files replace shipped texts of the same name
	Mailbox   MailboxConfig   `yaml:"mailbox"`
	SMTP      SMTPConfig      `yaml:"smtp"`
	Slack     SlackConfig     `yaml:"slack"`
	Log       LogConfig       `yaml:"log"`
	Retention RetentionConfig `yaml:"retention"` // how long data is kept
	Raw       BucketConfig    `yaml:"raw"`       // where raw mails are kept; empty: in the casebook
	Metrics   MetricsConfig   `yaml:"metrics"`

	Digests  []DigestConfig  `yaml:"digests"`  // who reads the digests, and when
	Webhooks []WebhookConfig `yaml:"webhooks"` // what systems follow the cases

	Register  TableConfig[RegisterField]  `yaml:"register"`  // how a file of sold units is read
	Directory TableConfig[DirectoryField] `yaml:"directory"` // how a file of customers is read
	Lookup    LookupConfig                `yaml:"lookup"`    // a system that answers live

	path   string // of the file
	name   string // of the desk in a folder of several; empty: it is alone
	dir    string // of the file: relative paths start there
	shadow bool   // of the command line: decide and show, write to nobody

	// step is told where the work stands: the steps of mailbox (with the UID), of
	// intake (with the ledger row, 0: no mail) and of courier (with the outbox row).
	// It comes from several goroutines. Nil: nobody is told.
	step func(step string, id int64)

	// heardFor is how long this process is believed to live after it was last heard of,
	// where several work for a desk. Zero: as the casebook has it.
	heardFor time.Duration
	// host is what the process has in common for all its desks. Nil: there is one.
	host *host

	// alone is of a command that no other process may work beside.
	alone bool
	// standsBy is called every few seconds while another process must be alone with the
	// desk. Nil: this one does not wait for it.
	standsBy func()
}

// DeskConfig is how the desk presents itself to customers.
type DeskConfig struct {
	Name          string   `yaml:"name"`           // of the sender: "Returns desk"
	Address       string   `yaml:"address"`        // the desk's mail address
	Aliases       []string `yaml:"aliases"`        // other addresses of the same mailbox
	Company       string   `yaml:"company"`        //
	Phone         string   `yaml:"phone"`          //
	Website       string   `yaml:"website"`        //
	ReturnAddress []string `yaml:"return_address"` // lines, where parcels go
	Support       string   `yaml:"support"`        // link or address of the own technical support
	Staff         []string `yaml:"staff_domains"`  // mails of colleagues: their forwards are credited to the origin
	Alerts        []string `yaml:"alerts"`         // mail addresses that are told of trouble with the desk itself
	Language      Language `yaml:"language"`       // where nothing else tells
	TimeZone      string   `yaml:"time_zone"`      // IANA
}

// Secret names where a secret is: one environment variable or one file.
type Secret struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// OAuth is a refresh-token login (Microsoft 365, Gmail).
type OAuth struct {
	Mechanism    Mechanism `yaml:"mechanism"` // empty: xoauth2
	TokenURL     string    `yaml:"token_url"`
	ClientID     string    `yaml:"client_id"`
	ClientSecret Secret    `yaml:"client_secret"`
	RefreshToken Secret    `yaml:"refresh_token"`
	Scopes       []string  `yaml:"scopes"`
}

// MailboxConfig is where mails come from.
type MailboxConfig struct {
	Host        string   `yaml:"host"`
	Port        int      `yaml:"port"`
	TLS         TLSMode  `yaml:"tls"`
	CA          string   `yaml:"ca"` // PEM file of an own certificate authority
	User        string   `yaml:"user"`
	Password    Secret   `yaml:"password"`
	OAuth       OAuth    `yaml:"oauth"`
	Folder      string   `yaml:"folder"`
	Done        string   `yaml:"done"`
	Hold        string   `yaml:"hold"`
	Poll        Duration `yaml:"poll"`
	MaxMailSize Size     `yaml:"max_mail_size"`
	AuthServ    string   `yaml:"trusted_authserv_id"` // whose Authentication-Results are believed; empty: nobody's
	CheckDKIM   bool     `yaml:"check_dkim"`          // look at a mail's signatures where that server says nothing
}

// SMTPConfig is how mails go out.
type SMTPConfig struct {
	Host     string   `yaml:"host"`
	Port     int      `yaml:"port"`
	TLS      TLSMode  `yaml:"tls"`
	CA       string   `yaml:"ca"`
	User     string   `yaml:"user"`
	Password Secret   `yaml:"password"`
	OAuth    OAuth    `yaml:"oauth"`
	Timeout  Duration `yaml:"timeout"`
}

// SlackConfig is where the staff are.
type SlackConfig struct {
	Mode          SlackMode                   `yaml:"mode"`
	BotToken      Secret                      `yaml:"bot_token"`
	AppToken      Secret                      `yaml:"app_token"`      // socket
	SigningSecret Secret                      `yaml:"signing_secret"` // http
	Listen        string                      `yaml:"listen"`         // http: address to serve on
	Channel       string                      `yaml:"channel"`        // ID
	Users         []string                    `yaml:"users"`          // who may act: user IDs
	Groups        []string                    `yaml:"groups"`         // and user group IDs
	May           map[SlackAction]SlackPeople `yaml:"may"`            // who alone may do an action
	Escalate      SlackPeople                 `yaml:"escalate"`       // who is called when a late case has no owner or he does nothing
	Language      Language                    `yaml:"language"`
	Burst         int                         `yaml:"burst"`   // new messages within a minute that stand in the channel one by one; 0: all
	Pace          Duration                    `yaml:"pace"`    // between two posts; Slack asks for a second
	APIURL        string                      `yaml:"api_url"` // of a stand-in; empty: Slack's own
}

// TableConfig says of a table that is imported what cannot be found out.
type TableConfig[Field comparable] struct {
	Columns    map[Field]Headers `yaml:"columns"`     // what a column is called; only for those that differ
	DateFormat tabular.Order     `yaml:"date_format"` // empty: found out for each column
	Encoding   string            `yaml:"encoding"`    // name in IANA's registry; empty: found out
	Separator  Separator         `yaml:"separator"`   // of CSV; empty: found out
}

// Headers are one or several names of a column.
type Headers []string

// OneOrMany lets one name stand without brackets.
func (Headers) OneOrMany() {}

// Separator is what stands between two cells.
type Separator rune

// UnmarshalText reads one character, or the word tab.
func (s *Separator) UnmarshalText(text []byte) error {
	r, size := utf8.DecodeRune(text)
	switch {
	case string(text) == "tab":
		r = '\t'
	case size != len(text) || r >= utf8.RuneSelf || r == '"':
		return fmt.Errorf("%q is no separator: write one character such as ; or the word tab", text)
	}
	*s = Separator(r)
	return nil
}

// LookupConfig is the system of the desk's own that is asked about units and
// customers, beside the imported lists or in their place.
type LookupConfig struct {
	Command     []string `yaml:"command"`     // program and arguments; or
	Environment []string `yaml:"environment"` // which variables it gets, beside PATH, HOME, LANG, TZ and TMPDIR
	URL         string   `yaml:"url"`         // JSON is posted to it
	Token       Secret   `yaml:"token"`       // sent as bearer token
	Timeout     Duration `yaml:"timeout"`
	Keep        Duration `yaml:"keep"` // how long an answer is good for
	MaxAnswer   Size     `yaml:"max_answer"`
}

// LogConfig is how the daemon logs.
type LogConfig struct {
	Level  LogLevel  `yaml:"level"`
	Format LogFormat `yaml:"format"`
}

// TLSMode says how a connection is protected; none is for this machine only.
type TLSMode string

// Values are the modes.
func (TLSMode) Values() []string { return []string{"implicit", "starttls", "none"} }

// Language is one of those that the desk writes.
type Language string

// Values are the languages.
func (Language) Values() []string { return []string{"en", "fr", "nl", "it", "de"} }

// SlackMode says how clicks arrive.
type SlackMode string

// Values are the modes.
func (SlackMode) Values() []string { return []string{"socket", "http", "off"} }

// SlackAction is something that can be left to some of the staff.
type SlackAction string

// Values are the actions.
func (SlackAction) Values() []string {
	var names []string
	for _, a := range slackdesk.Actions() {
		names = append(names, string(a))
	}
	return names
}

// SlackPeople are IDs of users and of user groups.
type SlackPeople []string

// OneOrMany lets one stand without brackets.
func (SlackPeople) OneOrMany() {}

// LogLevel is from which level on something is logged.
type LogLevel string

// Values are the levels.
func (LogLevel) Values() []string { return []string{"debug", "info", "warn", "error"} }

// LogFormat is how a line of the log looks.
type LogFormat string

// Values are the formats.
func (LogFormat) Values() []string { return []string{"text", "json"} }

// Mechanism is a SASL mechanism for access tokens.
type Mechanism string

// Values are the mechanisms.
func (Mechanism) Values() []string { return []string{"xoauth2", "oauthbearer"} }

// Duration is written "90s", "5m", "1h".
type Duration time.Duration

// UnmarshalText reads Go's notation.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is not a length of time: write it like 90s, 5m or 1h", text)
	}
	*d = Duration(v)
	return nil
}

// Size is written "40MB" or in bytes.
type Size int64

// UnmarshalText reads a number of bytes, with kB, MB or GB behind it.
func (s *Size) UnmarshalText(text []byte) error {
	var n int64
	var unit string
	if _, err := fmt.Sscanf(strings.TrimSpace(string(text)), "%d%s", &n, &unit); err != nil && n == 0 || n <= 0 {
		return fmt.Errorf("%q is not a size: write it like 40MB", text)
	}
	factor, ok := map[string]int64{"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}[strings.ToLower(unit)]
	if !ok {
		return fmt.Errorf("%q is not a size: the units are kB, MB and GB", text)
	}
	*s = Size(n * factor)
	return nil
}

func defaultConfig() Config {
	return Config{
		Desk:  DeskConfig{Name: "Returns desk", Language: "en", TimeZone: "Europe/Brussels"},
		Store: "retour.db",
		Mailbox: MailboxConfig{Port: 993, TLS: "implicit", Folder: "INBOX", Done: "done", Hold: "hold",
			Poll: Duration(time.Minute), MaxMailSize: 40 << 20, CheckDKIM: true},
		SMTP:  SMTPConfig{Port: 587, TLS: "starttls", Timeout: Duration(time.Minute)},
		Slack: SlackConfig{Mode: "socket", Language: "en", Listen: "127.0.0.1:8080", Burst: 5, Pace: Duration(time.Second)},
		Log:   LogConfig{Level: "info", Format: "text"},

		Lookup: LookupConfig{Timeout: Duration(5 * time.Second), Keep: Duration(5 * time.Minute), MaxAnswer: 1 << 20},
	}
}

// commonFile is what the desks of a folder have in common: it is read before the
// file of each.
const commonFile = "common.yaml"

// loadConfig reads a configuration file, after the common one that lies beside
// it. Every fault of it is reported at once.
func loadConfig(path string) (Config, error) {
	cfg := defaultConfig()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return cfg, usageError{fmt.Errorf("%s is a folder of desks: only `retour serve` and `retour check` take all of them; name one, such as --config %s", path, filepath.Join(path, "NAME.yaml"))}
	}
	cfg.path, cfg.dir = path, filepath.Dir(path)
	faults, err := cfg.readCommon()
	if err != nil {
		return cfg, err
	}
	common := cfg
	src, more, err := decodeConfig(path, &cfg)
	if err != nil {
		return cfg, err
	}
	faults = append(faults, more...)
	if slices.ContainsFunc(faults, func(f rules.Fault) bool { return f.Unread }) {
		return cfg, faults
	}
	cfg.nameDesk()
	faults = append(faults, locate(append(cfg.faults(path), cfg.ofProcess(common)...), src)...)
	if len(faults) == 0 {
		return cfg, nil
	}
	slices.SortStableFunc(faults, func(a, b rules.Fault) int { return a.Line - b.Line })
	return cfg, faults
}

// decodeConfig reads one file over what is there.
func decodeConfig(path string, cfg *Config) (src []byte, faults rules.Faults, err error) {
	src, err = os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no configuration file %s: `retour print config` writes one to begin with; another place is told by --config FILE", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	if err := rules.DecodeYAML(path, src, cfg); err != nil && !errors.As(err, &faults) {
		return nil, nil, err
	}
	return src, faults, nil
}

// readCommon reads what the desks of the folder have in common, if there is such a
// file: then the desk has its name from its file.
func (c *Config) readCommon() (rules.Faults, error) {
	path := filepath.Join(c.dir, commonFile)
	if !exists(path) || filepath.Base(c.path) == commonFile {
		return nil, nil
	}
	c.name = deskOfFile(c.path)
	_, faults, err := decodeConfig(path, c)
	return faults, err
}

// deskOfFile is how a desk of a folder is called.
func deskOfFile(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

// nameDesk lets a desk of a folder be called like its file in a database, where the
// store says no other name.
func (c *Config) nameDesk() {
	if c.name == "" || !casebook.IsServer(c.Store) {
		return
	}
	if named, err := casebook.WithDesk(c.Store, c.name); err == nil {
		c.Store = named
	}
}

// ofProcess are the faults of a desk of a folder that says what is said once for
// all of them.
func (c *Config) ofProcess(common Config) (faults rules.Faults) {
	for key, differs := range map[string]bool{"log": c.Log != common.Log, "metrics": c.Metrics != common.Metrics} {
		if c.name != "" && differs {
			faults = append(faults, rules.Fault{File: c.path, Path: key, Text: "is that of the whole process: it stands in " + commonFile + " alone"})
		}
	}
	return faults
}

// at makes a path of the configuration absolute to the file's own folder.
func (c *Config) at(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, path)
}

// store is where the casebook is: a file, or a database.
func (c *Config) store() string {
	if casebook.IsServer(c.Store) {
		return casebook.WithFiles(c.Store, c.secretAt)
	}
	return c.at(c.Store)
}

// secretAt is where a secret's file is, as this process finds it.
func (c *Config) secretAt(path string) string {
	return credentialOf(os.Getenv("CREDENTIALS_DIRECTORY"), c.at(path))
}

// folder is where the desk keeps files of its own for a while: beside the casebook,
// where that is no file in the service's own folder (systemd.exec(5)), or beside the
// configuration.
func (c *Config) folder() string {
	if casebook.IsServer(c.Store) {
		return cmp.Or(os.Getenv("STATE_DIRECTORY"), c.at("."))
	}
	return filepath.Dir(c.at(c.Store))
}

// faults are the values that cannot work, each with its key.
func (c *Config) faults(path string) rules.Faults {
	var faults rules.Faults
	bad := func(key, format string, args ...any) {
		faults = append(faults, rules.Fault{File: path, Path: key, Text: fmt.Sprintf(format, args...)})
	}
	if err := casebook.CheckStore(c.store()); err != nil {
		bad("store", "%v", err)
	}
	c.Desk.validate(bad)
	c.Mailbox.validate(bad)
	c.SMTP.validate(bad)
	c.Slack.validate(bad)
	c.Lookup.validate(bad)
	c.Retention.validate(bad)
	c.Raw.validate(bad)
	c.validateDigests(bad)
	c.validateWebhooks(bad)
	c.Metrics.validate(bad)
	return faults
}

type faultFunc func(key, format string, args ...any)

func (d *DeskConfig) validate(bad faultFunc) {
	if a, err := mail.ParseAddress(d.Address); err != nil || a.Address != d.Address {
		bad("desk.address", "%q is not a mail address; the desk needs one to answer from, such as rma@example.com", d.Address)
	}
	for i, a := range d.Aliases {
		if _, err := mail.ParseAddress(a); err != nil {
			bad(fmt.Sprintf("desk.aliases[%d]", i), "%q is not a mail address", a)
		}
	}
	for i, a := range d.Alerts {
		if p, err := mail.ParseAddress(a); err != nil || p.Address != a {
			bad(fmt.Sprintf("desk.alerts[%d]", i), "%q is not a mail address", a)
		}
		if slices.Contains(append(d.Aliases, d.Address), a) {
			bad(fmt.Sprintf("desk.alerts[%d]", i), "%s is the desk's own address: it would read its own alerts", a)
		}
	}
	if _, err := time.LoadLocation(d.TimeZone); err != nil {
		bad("desk.time_zone", "%q is not a time zone; write it like Europe/Brussels", d.TimeZone)
	}
	if len(d.ReturnAddress) == 0 {
		bad("desk.return_address", "is missing: customers must know where parcels go")
	}
}

func (m *MailboxConfig) validate(bad faultFunc) {
	endpoint(bad, "mailbox", m.Host, m.Port, m.TLS)
	if m.User == "" {
		bad("mailbox.user", "is missing: the login of the mailbox")
	}
	login(bad, "mailbox", m.Password, m.OAuth, true)
	if m.Done == m.Folder || m.Hold == m.Folder || m.Done == m.Hold {
		bad("mailbox.done", "the folders %q, %q and %q must be three different ones", m.Folder, m.Done, m.Hold)
	}
}

func (s *SMTPConfig) validate(bad faultFunc) {
	endpoint(bad, "smtp", s.Host, s.Port, s.TLS)
	login(bad, "smtp", s.Password, s.OAuth, s.User != "")
}

func (s *SlackConfig) validate(bad faultFunc) {
	if s.Mode == "off" {
		return
	}
	s.BotToken.required(bad, "slack.bot_token")
	if s.Mode == "socket" {
		s.AppToken.required(bad, "slack.app_token")
	}
	if s.Mode == "http" {
		s.SigningSecret.required(bad, "slack.signing_secret")
	}
	if s.Burst < 0 {
		bad("slack.burst", "%d is no number of messages; 0 keeps every card in the channel", s.Burst)
	}
	if s.Channel == "" {
		bad("slack.channel", "is missing: the ID of the channel for the cards, such as C0123456789")
	}
	if len(s.Users) == 0 && len(s.Groups) == 0 {
		bad("slack.users", "nobody may act: name user IDs here, or user group IDs in slack.groups")
	}
	for _, action := range slices.Sorted(maps.Keys(s.May)) {
		if len(s.May[action]) == 0 {
			bad("slack.may."+string(action), "names nobody: leave the line out where everybody of slack.users and slack.groups may do it")
		}
	}
}

func (l *LookupConfig) validate(bad faultFunc) {
	u, err := url.Parse(l.URL)
	if l.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname()))) {
		bad("lookup.url", "is no https address; http is only for this machine")
	}
	if len(l.Command) > 0 && l.URL != "" {
		bad("lookup.command", "stands beside lookup.url: keep one of the two")
	}
	if len(l.Command) == 0 && len(l.Environment) > 0 {
		bad("lookup.environment", "is only for lookup.command")
	}
	if l.URL == "" && !l.Token.empty() {
		bad("lookup.token", "is only for lookup.url")
	}
	if !l.Token.empty() {
		l.Token.required(bad, "lookup.token")
	}
}

func endpoint(bad faultFunc, key, host string, port int, tls TLSMode) {
	if host == "" {
		bad(key+".host", "is missing: the name of the server")
	}
	if port < 1 || port > 65535 {
		bad(key+".port", "%d is not a port", port)
	}
	if tls == "none" && host != "" && !isLoopback(host) {
		bad(key+".tls", "none would send the password over the network in clear; it is only for 127.0.0.1: write starttls or implicit")
	}
}

func login(bad faultFunc, key string, password Secret, oauth OAuth, wanted bool) {
	if oauth.TokenURL == "" {
		if wanted {
			password.required(bad, key+".password")
		}
		return
	}
	if !password.empty() {
		bad(key+".password", "stands beside %s.oauth: keep one of the two", key)
	}
	if oauth.ClientID == "" {
		bad(key+".oauth.client_id", "is missing")
	}
	oauth.RefreshToken.required(bad, key+".oauth.refresh_token")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s Secret) empty() bool { return s.Env == "" && s.File == "" }

func (s Secret) required(bad faultFunc, key string) {
	switch {
	case s.empty():
		bad(key, "is missing: name the secret's environment variable (env: NAME) or file (file: PATH)")
	case s.Env != "" && s.File != "":
		bad(key, "names both env and file: keep one of the two")
	}
}

// credentialOf is where systemd has put a file that only root can read: where the
// unit says LoadCredential=secrets:/etc/retour/secrets, the file NAME of that folder
// is a credential secrets_NAME (systemd.exec(5)). A file that is none stays where it
// is, so that the same configuration serves the desk and who looks after it.
func credentialOf(credentials, path string) string {
	if credentials == "" {
		return path
	}
	there := filepath.Join(credentials, filepath.Base(filepath.Dir(path))+"_"+filepath.Base(path))
	if _, err := os.Stat(there); err != nil {
		return path
	}
	return there
}

// secret reads a secret. Its value is in no error.
func (c *Config) secret(key string, s Secret) (string, error) {
	if s.empty() {
		return "", nil
	}
	if s.Env != "" {
		v, ok := os.LookupEnv(s.Env)
		switch {
		case !ok && !variableName.MatchString(s.Env):
			return "", fmt.Errorf("%s: env must be the name of an environment variable that is set (if the secret itself stands there, take it out: secrets are never in this file)", key)
		case !ok:
			return "", fmt.Errorf("%s: the environment variable %s is not set", key, s.Env)
		}
		return strings.TrimSpace(v), nil
	}
	b, err := os.ReadFile(c.secretAt(s.File))
	if err != nil {
		return "", fmt.Errorf("%s: %s", key, tokenLike.ReplaceAllString(err.Error(), "<secret>")) // the secret itself, where its file should be named
	}
	return strings.TrimSpace(string(b)), nil
}

// variableName is what variables are called. Anything else may be a secret that
// was written where its variable should be named, and is not shown.
var variableName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// password returns the function that reads a secret at each login, so that a
// changed file is taken up without a restart.
func (c *Config) password(key string, s Secret) func() (string, error) {
	return func() (string, error) { return c.secret(key, s) }
}

type tokenFunc func(context.Context) (string, error)
