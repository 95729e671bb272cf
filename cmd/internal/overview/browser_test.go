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

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
)

// A tab is a page in a real browser.
type tab struct {
	t       *testing.T
	ctx     context.Context // that of the browser
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
	if answer := b.text("#answer"); !strings.Contains(answer, "Nobody is paged") && !strings.Contains(answer, " pages ") {
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

// oncallPage has a service whose alerts page a schedule: at weekends Ada, else Ken.
func oncallPage(t *testing.T) string {
	t.Helper()
	day := func(n, hour int) time.Time { return time.Date(2026, 7, n, hour, 0, 0, 0, time.UTC) } // the 1st is a Wednesday
	shift := func(from, to time.Time, who string) page.Shift {
		return page.Shift{Stretch: page.Stretch{From: from, To: to}, Person: who}
	}
	objects := []*page.Object{
		{Key: "alerts_source/1", Type: "alerts_source", Name: "Grafana", Layer: 1}, {Key: "alert_route/1", Type: "alert_route", Name: "Main", Layer: 2},
		{Key: "service/1", Type: "service", Name: "Checkout", Layer: 4}, {Key: "escalation_policy/1", Type: "escalation_policy", Name: "Primary", Layer: 5},
		{Key: "escalation_path/1", Type: "escalation_path", Name: "Default", Layer: 6, Path: &page.Path{Default: true, Always: true}},
		{Key: "escalation_path/2", Type: "escalation_path", Name: "Nights", Layer: 6, Path: &page.Path{Quiet: true, When: "urgency High; monday 20:00 to tuesday 06:00 UTC", Open: []page.Stretch{{From: day(6, 20), To: day(7, 6)}}}},
		{Key: "escalation_level/3", Type: "escalation_level", Name: "level 3", Layer: 7, Level: &page.Level{Position: 3, Targets: []page.Target{
			{Kind: "team", Name: "Payments", People: []string{"Ken", "Grace"}}, {Kind: "team", Name: "Empty", People: []string{}}}}},
		{Key: "escalation_level/4", Type: "escalation_level", Name: "level 4", Layer: 7, Level: &page.Level{Position: 4, After: 5, Targets: []page.Target{{Kind: "slack_channel", Name: "C1"}}}},
		{Key: "escalation_level/2", Type: "escalation_level", Name: "level 2", Layer: 7, Level: &page.Level{Position: 2, After: 20, Targets: []page.Target{{Kind: "user", Name: "Grace"}}}},
		{Key: "escalation_level/1", Type: "escalation_level", Name: "level 1", Layer: 7, Level: &page.Level{Position: 1, After: 15, Targets: []page.Target{{Kind: "schedule", Key: "schedule/1", Name: "Weekly"}}}},
		{Key: "schedule/1", Type: "schedule", Name: "Weekly", Layer: 8}, {Key: "service/2", Type: "service", Name: "Orphan", Layer: 4},
	}
	var edges []page.Edge
	for _, e := range [][2]string{
		{"alerts_source/1", "alert_route/1"}, {"alert_route/1", "service/1"}, {"service/1", "escalation_policy/1"}, {"escalation_policy/1", "escalation_path/1"},
		{"escalation_policy/1", "escalation_path/2"}, {"escalation_policy/1", "escalation_level/4"}, {"escalation_path/2", "escalation_level/3"}, {"escalation_path/1", "escalation_level/1"}, {"escalation_path/1", "escalation_level/2"}, {"escalation_level/1", "schedule/1"},
	} {
		edges = append(edges, page.Edge{From: e[0], To: e[1]})
	}
	name := filepath.Join(t.TempDir(), "page.html")
	err := write(name, &page.Page{
		Title: "On call", Made: day(1, 12), Objects: objects, Edges: edges,
		Coverage: &page.Coverage{From: day(1, 12), To: day(29, 12), Schedules: []page.Schedule{{Key: "schedule/1", Name: "Weekly", Shifts: []page.Shift{
			shift(day(1, 12), day(4, 12), "Ken"), shift(day(4, 12), day(6, 12), "Ada"), // Saturday and Sunday are the 4th and the 5th
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestWhoIsPagedOnSundayNight(t *testing.T) {
	t.Parallel()
	b := browse(t, oncallPage(t))
	b.do(chromedp.WaitVisible("#answer .path"))
	expect := func(wanted ...string) {
		t.Helper()
		answer := b.text("#answer")
		for _, w := range wanted {
			if !strings.Contains(answer, w) {
				t.Errorf("the answer has no %q: %s", w, answer)
			}
		}
	}
	expect("Alerts come from Grafana by Main.", "Checkout pages Ken (schedule Weekly) at once.", "Primary: Default (default)", "at once: Ken (schedule Weekly)", "after 15 minutes: Grace", "after 35 minutes: slack channel C1")
	b.do(chromedp.Click("#sunday"))
	b.until("document.querySelector('#answer').textContent.includes('Ada')")
	expect("On Sunday, July 5 at 03:00 AM", "Checkout pages Ada (schedule Weekly) at once.")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#when").value = "2026-07-20T03:00"; document.querySelector("#when").dispatchEvent(new Event("change"))`))
	expect("Checkout pages Grace, after 15 minutes in which nobody answers.", "at once: nobody is on call for schedule Weekly")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#answer details").open = true`))
	expect("Primary: Nights, quiet", "Taken for: urgency High; monday 20:00 to tuesday 06:00 UTC. Not at the chosen time.", "at once: Ken, Grace (team Payments); nobody is in team Empty")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#service").value = "Orphan"; document.querySelector("#service").dispatchEvent(new Event("input"))`))
	expect("No alert route leads to this service directly.", "No escalation policy: nobody is paged.")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#service").value = "checko"; document.querySelector("#service").dispatchEvent(new Event("input"))`))
	expect("Choose one of: Checkout.")

	// The graph follows the alert from its source to the schedule.
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#service").value = "Checkout"`), chromedp.Click("#show-path"))
	b.until("window.reportGraph && reportGraph.nodes('[layer > 0]').length === 11")
	b.look("checkout-light")
	b.quiet()
}
