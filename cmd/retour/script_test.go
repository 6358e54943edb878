package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"retour": main})
}

// TestScripts runs the manual: each file of testdata/script is one topic.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update})
}
