//go:build browser

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestBrowserDigest looks at the digests of a large desk as a mail program shows
// them, on a desk and on a telephone, by day and by night, with the pictures not
// yet loaded: nothing is wider than the screen, what stands out is on the first
// screen, and every text is readable on its ground.
func TestBrowserDigest(t *testing.T) {
	server := httptest.NewServer(http.FileServer(http.Dir("../../notify/testdata/digests")))
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "fr", "nl", "it", "de"} {
		for _, width := range []int64{600, 380} {
			for _, scheme := range []string{"light", "dark"} {
				name := fmt.Sprintf("digest-%s-%d-%s", lang, width, scheme)
				t.Run(name, func(t *testing.T) {
					limited, cancel := context.WithTimeout(ctx, 30*time.Second)
					defer cancel()
					showDigest(t, limited, server.URL+"/"+lang+"/big.html", width, scheme)
					checkPage(t, limited, width)
					shot(t, limited, name+".png")
				})
			}
		}
	}
}

func showDigest(t *testing.T, ctx context.Context, url string, width int64, scheme string) {
	t.Helper()
	dress := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), dress, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
}

// facts are what the page says of itself. The contrast is WCAG's, of the letters
// of every piece of text against the nearest ground that is painted.
const facts = `(() => {
	const light = c => { const p = c.match(/[\d.]+/g).slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
		return 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2] };
	const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c)) return c } return "rgb(255, 255, 255)" };
	let worst = 99, where = "";
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
		if (!text || !e.getClientRects().length) continue;
		const a = light(getComputedStyle(e).color), b = light(ground(e));
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < worst) { worst = contrast; where = text }
	}
	const stories = document.querySelectorAll("td.mark");
	return { wide: document.scrollingElement.scrollWidth, first: stories.length ? stories[0].getBoundingClientRect().top : 9999, worst, where };
})()`

type pageFacts struct {
	Wide  float64 `json:"wide"`
	First float64 `json:"first"` // where the first sentence that stands out begins
	Worst float64 `json:"worst"` // contrast
	Where string  `json:"where"`
}

func checkPage(t *testing.T, ctx context.Context, width int64) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[pageFacts](facts))
	if err != nil {
		t.Fatal(err)
	}
	if got.Wide > float64(width) {
		t.Errorf("the page is %v px wide on a screen of %d", got.Wide, width)
	}
	if got.First > 700 {
		t.Errorf("what stands out begins at %v px, below the first screen", got.First)
	}
	if got.Worst < 4.5 {
		t.Errorf("%q has a contrast of %.2f", got.Where, got.Worst)
	}
}
