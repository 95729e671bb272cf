package page_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func written(t *testing.T, p *page.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEmptyPartsAreLeftOut(t *testing.T) {
	t.Parallel()
	text := written(t, &page.Page{Title: "Nothing", Made: noon})
	if strings.Contains(text, "<section") || strings.Contains(text, "Cytoscape.js") {
		t.Error("a page about nothing has parts")
	}
	if !strings.Contains(written(t, &page.Page{Linted: true}), "Nothing was found.") {
		t.Error("a page without findings does not say so")
	}
}

func TestFindingsAreGroupedTheWorstFirst(t *testing.T) {
	t.Parallel()
	text := written(t, &page.Page{Linted: true, Facts: []page.Fact{{Label: "Errors", Value: "2"}}, Findings: []page.Finding{
		{Tone: page.Remark, Rule: "r", Title: "A remark", Name: "one", Teams: []string{"Blue"}},
		{Tone: page.Bad, Rule: "e", Title: "An error", Name: "two", Teams: []string{"Red"}, Link: "javascript:alert(1)"},
		{Tone: page.Bad, Rule: "e", Title: "An error", Name: "three", Link: "https://rootly.com/account/services"},
	}})
	bad, remark := strings.Index(text, "An error"), strings.Index(text, "A remark")
	if bad < 0 || remark < bad || strings.Count(text, "An error") != 1 {
		t.Errorf("the error is at %d, the remark at %d", bad, remark)
	}
	if !strings.Contains(text, `<strong class="name"><a href="#teams">Red</a></strong><span>1 error, 0 warnings, 0 remarks`) {
		t.Error("the page does not say which team has the most problems")
	}
	if !strings.Contains(text, `<th scope="row">(no team)</th><td class="n">1</td>`) {
		t.Error("the page does not count what no team owns")
	}
	if strings.Contains(text, `href="javascript:`) || !strings.Contains(text, `href="https://rootly.com/account/services"`) {
		t.Error("links are not checked, or left out")
	}
}

func TestHeatMapShowsGaps(t *testing.T) {
	t.Parallel()
	at := func(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }
	text := written(t, &page.Page{Coverage: &page.Coverage{From: noon, To: at(100), Schedules: []page.Schedule{{
		Key: "schedule/1", Name: "Nights", People: 2,
		Open: []page.Stretch{{From: at(10), To: at(12)}, {From: at(50), To: at(51)}}, Lone: []page.Stretch{{From: at(60), To: at(100)}},
	}}}})
	for _, wanted := range []string{
		`viewBox="0 0 100 24"`, `class="empty" d="M10.0 0h2.0v24h-2.0zM50.0 0h1.0v24h-1.0z"`, `class="alone" d="M60.0 7h40.0v17h-40.0z"`,
		"97.0 %", "Nobody: Wed 1 Jul 22:00 to Thu 2 Jul 00:00", "Nights: 97.0 % covered, nobody for 3 hours, 2 people",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page has no %s", wanted)
		}
	}
}

func TestChangesOfTheLastWeekHaveTheirPeople(t *testing.T) {
	t.Parallel()
	event := func(days int, who, did, typ string) page.Event {
		return page.Event{At: noon.AddDate(0, 0, -days), Who: who, Did: did, Type: typ, Name: "Checkout"}
	}
	text := written(t, &page.Page{Made: noon, Facts: []page.Fact{{Label: "Objects", Value: "1"}}, Events: []page.Event{
		event(1, "Ada", "updated", "service"), event(2, "Ada", "updated", "service"), event(2, "Ada", "created", "alert_route"), event(6, "Bob", "deleted", "team"),
		event(8, "Cyd", "deleted", "team"),
	}})
	for _, wanted := range []string{
		"4 changes in the last 7 days, by 2 people and programs. That is from 2026-06-24 12:00 UTC to 2026-07-01 12:00 UTC.",
		`<th scope="row">Ada</th><td class="n">3</td><td>updated service (2), created alert route</td>`,
		`<th scope="row">Bob</th><td class="n">1</td><td>deleted team</td>`, `<a href="#changes">4</a></strong><span>most by Ada</span>`,
		`<summary>Before that <span class="count">1</span></summary>`,
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page has no %s", wanted)
		}
	}
	old := written(t, &page.Page{Made: noon, Events: []page.Event{event(8, "Cyd", "deleted", "team")}})
	if !strings.Contains(old, "Nothing was changed in the last 7 days.") || strings.Contains(old, `<th scope="row">Cyd`) {
		t.Error("what is older counts as changed in the last week, or nothing says that there was no change")
	}
}

func TestObjectsAreCompressed(t *testing.T) {
	t.Parallel()
	settings := strings.Repeat(`{"name": "checkout"}`, 1000)
	text := written(t, &page.Page{Objects: []*page.Object{{Key: "service/1", Type: "service", Name: "Checkout", Settings: settings}}})
	if strings.Contains(text, settings[:40]) {
		t.Error("settings stand in the page in full")
	}
	found := regexp.MustCompile(`id="detail-data">([^<]*)<`).FindStringSubmatch(text)
	raw, err := base64.URLEncoding.DecodeString(found[1])
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(zipped); err != nil || !strings.Contains(string(content), "checkout") {
		t.Errorf("%v: %.60s", err, content)
	}
}

// Text needs a contrast of 4.5 with what it stands on, graphics one of 3, in both themes: WCAG AA.
func TestColoursCanBeTold(t *testing.T) {
	t.Parallel()
	style, err := os.ReadFile("assets/page.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--(\w+): light-dark\((#\w{6}), (#\w{6})\)`).FindAllStringSubmatch(string(style), -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	for theme := range 2 {
		for name, least := range map[string]float64{
			"text": 4.5, "faint": 4.5, "link": 4.5, "good": 4.5, "info": 4.5, "warning": 4.5, "error": 4.5, "covered": 3, "alone": 3, "empty": 3, "focus": 3,
		} {
			for _, ground := range []string{"card", "page"} {
				if got := contrast(t, colours[name][theme], colours[ground][theme]); got < least {
					t.Errorf("%s %s on %s %s: %.2f, which is less than %.1f", name, colours[name][theme], ground, colours[ground][theme], got, least)
				}
			}
		}
		for _, ground := range []string{"removed", "added"} {
			if got := contrast(t, colours["text"][theme], colours[ground][theme]); got < 4.5 {
				t.Errorf("text on %s: %.2f", ground, got)
			}
		}
	}
}

// contrast is the ratio that WCAG defines.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	part := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
