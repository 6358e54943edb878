//go:build browser

// The test in a real browser: Debian's chromium, driven by chromedp. `go test
// ./...` leaves it out; .ci/run does not, and there a missing browser is a
// failure.
package main

import (
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// openPage serves the demo's page and opens it in a browser.
func openPage(t *testing.T, d *desk) context.Context {
	t.Helper()
	handler, err := d.page()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-quic", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1600, 1000))
	allocator, stop := chromedp.NewExecAllocator(d.ctx, options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL), chromedp.WaitVisible("#write")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// TestBrowser: write a mail, see the card, take charge, approve, read the answer.
func TestBrowser(t *testing.T) {
	d := openDesk(t)
	ctx := openPage(t, d)
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := chromedp.Do(limited, actions...); err != nil {
			shot(t, ctx, "failed.png")
			t.Fatalf("%s: %v", what, err)
		}
	}
	l := grandstream("ann@shop.example", "")
	do("write a mail",
		chromedp.SetValue(`#write [name="from"]`, l.from),
		chromedp.SetValue(`#write [name="subject"]`, l.subject),
		chromedp.SetValue(`#write [name="text"]`, l.text),
		chromedp.Click(`#write button[type="submit"]`))
	do("see the card and take charge",
		chromedp.WaitVisible(`.card button[data-action="take_charge"]`),
		chromedp.Click(`.card button[data-action="take_charge"]`),
		chromedp.WaitVisible(`#modal-submit`),
		chromedp.Click(`#modal-submit`),
		chromedp.WaitNotPresent(`dialog#modal`))
	do("approve",
		chromedp.WaitVisible(`.card button[data-action="approve"]`),
		chromedp.WaitNotPresent(`.card button[data-action="take_charge"]`),
		chromedp.Click(`.card button[data-action="approve"]`),
		chromedp.WaitVisible(`#modal-submit`),
		chromedp.SetValue(`#modal select`, "in_warranty"))
	shot(t, ctx, "approve.png")
	do("preview", chromedp.Click(`#modal-submit`),
		chromedp.WaitVisible(chromedp.Search(`//dialog[@id="modal"]//*[contains(text(), "Dock 7")]`)))
	shot(t, ctx, "preview.png")
	do("send", chromedp.Click(`#modal-submit`),
		chromedp.WaitNotPresent(`dialog#modal`))
	d.sent++
	d.wait()
	mails := d.received("ann@shop.example")
	if len(mails) != 3 || !strings.Contains(mails[2].Text, "Dock 7") {
		t.Fatalf("%d mails arrived, want acknowledgement, in charge and validated", len(mails))
	}
	do("read the answer", chromedp.WaitVisible(chromedp.Search(`//*[contains(@class, "mail")]//*[contains(text(), "`+mails[2].Subject+`")]`)))
	shot(t, ctx, "answered.png")
}

// shot keeps a picture of the page where RETOUR_SHOTS names a folder.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("RETOUR_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Logf("picture %s: %v", name, err)
		return
	}
	if err := os.WriteFile(dir+"/"+name, png, 0o600); err != nil {
		t.Error(err)
	}
}
