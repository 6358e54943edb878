package main

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// TestMain is also the child that reads attachments.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "read-attachment" {
		main()
	}
	testscript.Main(m, map[string]func(){"retour": main})
}

// TestScripts runs the manual: each file of testdata/script is one topic.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update})
}
