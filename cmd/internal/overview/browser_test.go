package overview

import (
	"context"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A tab is a page in a real browser.
type tab struct {
	t       *testing.T
	ctx     context.Context //nolint:containedctx // that of the browser
	console iter.Seq2[chromedp.ConsoleMessage, error]
}

// browse opens a file, or skips the test where there is no browser.
func browse(t *testing.T, file string) *tab {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Skip("no Chromium is installed: the page was not opened in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1300, 1000))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	const patience = 2 * time.Minute
	ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, console: chromedp.Console(ctx)}
	b.do(chromedp.Navigate("file://" + file))
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// until waits for a condition.
func (b *tab) until(condition string) {
	b.t.Helper()
	b.do(chromedp.Poll[chromedp.Void](condition))
}

func (b *tab) number(expression string) float64 {
	b.t.Helper()
	n, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64](expression))
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Text(selector))
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// quiet expects that the browser had nothing to complain about.
func (b *tab) quiet() {
	b.t.Helper()
	const end = "end of the test"
	b.do(chromedp.Evaluate[chromedp.Void]("console.log('" + end + "')"))
	for m, err := range b.console {
		if err != nil {
			b.t.Fatal(err)
		}
		if m.Text == end {
			return
		}
		b.t.Errorf("the browser complains: %s", m)
	}
}

// look keeps a picture where somebody wants to see some.
func (b *tab) look(name string) {
	b.t.Helper()
	dir := os.Getenv("REPORT_PICTURES")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	file, _ := written(t, &Settings{})
	b := browse(t, file)
	b.do(chromedp.WaitVisible("#answer .path"))
	if answer := b.text("#answer"); !strings.Contains(answer, "after 0 minutes") {
		t.Errorf("nobody answers: %q", answer)
	}
	b.look("top-light")
	b.do(chromedp.ScrollIntoView("#coverage"))
	b.look("coverage-light")

	// The graph opens with teams and services, and follows an alert.
	b.do(chromedp.ScrollIntoView("#graph-canvas"))
	b.until("window.reportGraph && reportGraph.nodes().length > 30")
	if n := b.number("reportGraph.edges().length"); n < 10 {
		t.Errorf("%v edges are drawn", n)
	}
	b.look("graph-light")
	b.do(chromedp.Click("#show-path"))
	b.until("document.querySelector('#graph-note').textContent.includes('What happens')")
	b.look("path-light")
	b.do(chromedp.Click("#theme"))
	b.until("document.documentElement.dataset.theme === 'dark'")
	b.look("path-dark")
	b.do(chromedp.ScrollIntoView("#coverage"))
	b.look("coverage-dark")

	// Search finds, and an object opens.
	b.do(chromedp.SendKeys("#search", "payments importer"))
	b.until("document.querySelector('#found').textContent.includes('match')")
	hidden := b.number("document.querySelectorAll('table.sortable tbody tr[hidden]').length")
	shown := b.number("document.querySelectorAll('table.sortable tbody tr:not([hidden])').length")
	if hidden < 500 || shown == 0 || shown > 50 {
		t.Errorf("search hides %v rows and shows %v", hidden, shown)
	}
	b.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('#objects tr:not([hidden]) a').click()"), chromedp.WaitVisible("#object[open] pre"))
	if title := b.text("#object-title"); !strings.Contains(title, "Payments Importer") {
		t.Errorf("the object that opens is %q", title)
	}
	b.look("object-dark")
	b.quiet()
}
