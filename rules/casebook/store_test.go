package casebook

import (
	"strings"
	"testing"
)

func TestCheckStore(t *testing.T) {
	for store, wrong := range map[string]string{
		"retour.db":                        "",
		"mysql://x/y":                      "mysql is no kind of store",
		"postgres://h/r":                   "go to h over the network in clear",
		"postgres://u@h/r?sslmode=require": "",
		"postgres://u@h/r?sslmode=prefer":  "in clear",
		"postgres://u@h/r?sslmode=verify-full&sslmode=disable":         "in clear",
		"postgres://u@/r?host=/run/postgresql&desk=a":                  "",
		"postgres://u@/r?host=h":                                       "in clear",
		"postgres://u@h/r?desk=A b":                                    "desk=A b is no name of a desk",
		"postgres://u@h/r?desk=%zz":                                    "is no URL",
		"postgres://u:p@h/r":                                           "holds a password",
		"postgres://u@h/r?password=p":                                  "holds a password",
		"postgres://u:p/w@h/r":                                         "holds a password",
		"postgres://u@localhost:5432,[::1]:5433/r":                     "",
		"postgres://u@localhost:5432,h:5433/r":                         "go to h over",
		"postgres://u@127.0.0.1/r?host=/run/postgresql,h":              "go to h over",
		"postgres://u@a:5432,b:5433/r?sslmode=verify-full&desk=x":      "",
		"postgres://u@[2001:db8::1]:5432,b/r?sslmode=require":          "",
		"postgres://u@a,b:5433,c/r?port=1,2&sslmode=require":           "could not match 2 port numbers to 3 hosts",
		"postgres://u:p@a:5432,b:5433/r?sslmode=require":               "holds a password",
		"postgres://u@localhost/r?target_session_attrs=read-write":     "",
		"postgres://u@localhost,::1/r?target_session_attrs=any":        "a desk writes",
		"postgres://u@localhost/r?target_session_attrs=prefer-standby": "a desk writes",
	} {
		switch err := CheckStore(store); {
		case err == nil && wrong != "" || err != nil && (wrong == "" || !strings.Contains(err.Error(), wrong)):
			t.Errorf("%s: %v, want %q", store, err, wrong)
		case err != nil && strings.Contains(err.Error(), store):
			t.Errorf("%s: the error shows the store: %v", store, err)
		}
	}
}

func TestStoreWithoutSecrets(t *testing.T) {
	for store, shown := range map[string]string{
		"retour.db":                                 "retour.db",
		"postgres://u@a:1,[::1]:2/r?desk=x":         "postgres://u@a:1,[::1]:2/r?desk=x",
		"postgres://u@h/r?passfile=/run/me@pgpass":  "postgres://u@h/r?passfile=/run/me@pgpass",
		"postgres://u:secret@a:1,b:2/r":             "postgres://u:xxxxx@a:1,b:2/r",
		"postgres://u:sec@ret@h/r":                  "postgres://u:xxxxx@h/r",
		"postgres://u:sec?ret@h/r":                  "postgres://u:xxxxx@h/r",
		"postgres://u:sec/ret@h/r":                  "postgres://…",
		"postgres://u@h/r?password=secret":          "postgres://u@h/r?password=xxxxx",
		"postgres://u@h/r?sslpassword=secret&x=%zz": "postgres://…",
	} {
		if got := withoutSecrets(store); got != shown {
			t.Errorf("%s is shown as %s, want %s", store, got, shown)
		}
	}
}

func TestDeskOfAStore(t *testing.T) {
	for store, want := range map[string]string{
		"postgres://u@a:1,[::1]:2/r":        "postgres://u@a:1,[::1]:2/r b",
		"postgres://u@a:1,b:2/r?desk=main":  "postgres://u@a:1,b:2/r main",
		"postgres://u@/r?host=/a,/b&port=1": "postgres://u@/r?host=/a%2C/b&port=1 b",
	} {
		named, err := WithDesk(store, "b")
		if err != nil {
			t.Fatal(err)
		}
		database, desk, err := DeskOf(named)
		if got := database + " " + desk; err != nil || got != want {
			t.Errorf("%s with the desk is %s, %v; want %s", store, got, err, want)
		}
	}
}
