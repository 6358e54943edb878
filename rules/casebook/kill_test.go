package casebook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"retour/rules"
)

// TestMain is also the other process of the tests here, which works on the
// casebook at $CASEBOOK_TEST_PATH until it is killed.
func TestMain(m *testing.M) {
	path := os.Getenv("CASEBOOK_TEST_PATH")
	if path == "" {
		os.Exit(m.Run())
	}
	do := toil
	if os.Getenv("CASEBOOK_TEST_IMPORT") != "" {
		do = importForever
	}
	fmt.Println(do(context.Background(), path)) // only when something went wrong
	os.Exit(1)
}

// toil locks the casebook, says so, and then opens cases, saying the number of
// each once it is committed.
func toil(ctx context.Context, path string) error {
	b, err := Open(ctx, path)
	if err != nil {
		return err
	}
	if _, err := b.Lock("the killed one"); err != nil {
		return err
	}
	fmt.Println("locked")
	for {
		c := rules.Case{State: rules.New, Items: []rules.Item{{Position: 1}, {Position: 2}}}
		err := b.Write(ctx, noon, func(tx *Tx) (err error) {
			if c.Number, err = tx.NextNumber(ctx); err != nil {
				return err
			}
			return tx.Insert(ctx, &c)
		})
		if err != nil {
			return err
		}
		fmt.Println(c.Number)
	}
}

// worker starts the other process and returns what it says, and how to end it
// with kill -9.
func worker(t *testing.T, path string, env ...string) (says *bufio.Scanner, kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(append(os.Environ(), "CASEBOOK_TEST_PATH="+path), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // "signal: killed"
	return bufio.NewScanner(out), func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
}

// What a killed process had committed is there, whole, and nothing half.
func TestKillLosesNothing(t *testing.T) {
	path := newStore(t)
	says, kill := worker(t, path)
	var promised []string
	for says.Scan() { // ends with the process
		if strings.HasPrefix(says.Text(), "RMA-") {
			promised = append(promised, says.Text())
		}
		if len(promised) == 50 {
			kill()
		}
	}
	if len(promised) < 50 {
		t.Fatalf("the other process ended after %v: %s", promised, says.Text())
	}
	b := openBook(t, path)
	if err := b.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	stored := map[string]rules.Case{}
	for _, c := range must(b.Cases(t.Context(), CaseFilter{}))(t) {
		if stored[c.Number] = c; len(c.Items) != 2 {
			t.Errorf("case %s has %d of its 2 items", c.Number, len(c.Items))
		}
	}
	for _, number := range promised {
		if _, ok := stored[number]; !ok {
			t.Errorf("case %s was committed and is lost", number)
		}
	}
	if next := openCase(t, b, rules.Case{}); next.Number != rules.Number(2026, len(stored)+1) {
		t.Errorf("the next number is %s after %d cases", next.Number, len(stored))
	}
}

// leaseEnds lets the server wait until the killed one is believed to be dead.
func leaseEnds(t *testing.T, b *Book) {
	t.Helper()
	err := b.view(t.Context(), func(q querier) error {
		_, err := list(t.Context(), q, "SELECT CAST(pg_sleep_until(until) AS text) FROM retour.instances WHERE holder = 'the killed one'", nil, scanOne[string])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The kernel releases the lock of a killed process.
func TestKillReleasesTheLock(t *testing.T) {
	path := newStore(t)
	b := openBook(t, path)
	says, kill := worker(t, path)
	if !says.Scan() || says.Text() != "locked" {
		t.Fatalf("the other process said %q", says.Text())
	}
	var locked ErrLocked
	if _, err := b.Lock("us"); !errors.As(err, &locked) || locked.Holder != "the killed one" {
		t.Errorf("Lock beside another process = %v", err)
	}
	kill()
	for says.Scan() { // until it has ended
	}
	unlock, err := b.Lock("us")
	for errors.As(err, &locked) && IsServer(path) { // a server learns of it when the lease runs out
		leaseEnds(t, b)
		unlock, err = b.Lock("us")
	}
	if err != nil {
		t.Fatalf("Lock after kill -9 = %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

// linesAtOnce is how many lines importForever brings in with one transaction.
const linesAtOnce = 50

func someLines(portion int) []rules.Sale {
	lines := make([]rules.Sale, linesAtOnce)
	for i := range lines {
		lines[i] = saleOf(portion*linesAtOnce + i)
	}
	return lines
}

// importForever imports a file that has no end, and says so after each portion.
func importForever(ctx context.Context, path string) error {
	b, err := Open(ctx, path)
	if err != nil {
		return err
	}
	im, err := b.NewImport(ctx, noon, KindRegister, "sales.csv", "00ff", false)
	if err != nil {
		return err
	}
	for portion := 0; ; portion++ {
		if _, err := im.Sales(ctx, noon, someLines(portion)); err != nil {
			return err
		}
		fmt.Println("portion", portion)
	}
}

// An import that was killed has brought whole portions in, makes no register,
// and can be repeated.
func TestKillDuringImport(t *testing.T) {
	path, ctx := newStore(t), t.Context()
	says, kill := worker(t, path, "CASEBOOK_TEST_IMPORT=1")
	portions := 0
	for says.Scan() { // ends with the process
		if strings.HasPrefix(says.Text(), "portion ") {
			portions++
		}
		if portions == 5 {
			kill()
		}
	}
	if portions < 5 {
		t.Fatalf("the other process ended after %d portions: %s", portions, says.Text())
	}
	b := openBook(t, path)
	if err := b.Verify(ctx); err != nil {
		t.Error(err)
	}
	n := must(b.Size(ctx, KindRegister))(t)
	if n < portions*linesAtOnce || n%linesAtOnce != 0 {
		t.Errorf("%d rows after %d portions of %d", n, portions, linesAtOnce)
	}
	if must(b.HasRegister(ctx))(t) {
		t.Error("half a register is in use: the units of the other half count as not sold")
	}
	if broken := must(b.Imports(ctx, KindRegister, 0))(t); len(broken) != 1 || broken[0].Added != n || !broken[0].FinishedAt.IsZero() {
		t.Errorf("imports: %+v", broken)
	}
	im := must(b.NewImport(ctx, noon, KindRegister, "sales.csv", "00ff", false))(t)
	for portion := range n/linesAtOnce + 1 {
		must(im.Sales(ctx, noon, someLines(portion)))(t)
	}
	row := must(im.Finish(ctx, noon))(t)
	if row.Same != n || row.Added != linesAtOnce || !must(b.HasRegister(ctx))(t) {
		t.Errorf("again: %+v", row.Tally)
	}
}
