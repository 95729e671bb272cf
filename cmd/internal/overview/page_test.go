package overview

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
)

func TestPageNeedsNoJavaScriptForFindings(t *testing.T) {
	t.Parallel()
	_, text := written(t, &Settings{})
	for _, wanted := range []string{
		"<dt>Errors</dt>", `<section id="findings"`, "has no tasks", `<section id="coverage"`, "100.0 %", `<path class="empty"`,
		`<section id="objects"`, ">Payments Importer</a>",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page has no %q", wanted)
		}
	}
}

func TestPageAsksForNothing(t *testing.T) {
	t.Parallel()
	_, text := written(t, &Settings{})
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	if policy == nil || strings.Contains(policy[1], "unsafe") || strings.Contains(policy[1], "http") || !strings.HasPrefix(html.UnescapeString(policy[1]), "default-src 'none';") {
		t.Errorf("policy %q", policy)
	}
	if found := regexp.MustCompile(`(?i)<(?:link|img|iframe|script|object|embed)[^>]*\s(?:src|href|data)=`).FindString(text); found != "" {
		t.Errorf("the page loads something: %s", found)
	}
	if found := regexp.MustCompile(`<[a-z]+[^>]*\s(?:style|on[a-z]+)="`).FindString(text); found != "" {
		t.Errorf("the policy forbids what the page has: %s", found)
	}
}

func TestPageHasNoCredentials(t *testing.T) {
	t.Parallel()
	_, text := written(t, &Settings{})
	for _, secret := range []string{"hooks.slack.com/services", "xoxb-", "AKIA"} {
		if strings.Contains(text, secret) {
			t.Errorf("the page has %s", secret)
		}
	}
}

func TestPageAboutManyObjects(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("10,000 objects take some seconds")
	}
	file, text := written(t, &Settings{Connection: connect.Connection{Size: 10000}})
	const most = 12 << 20
	if len(text) > most {
		t.Errorf("the page has %d bytes", len(text))
	}
	b := browse(t, file)
	if ms := b.number("performance.getEntriesByType('navigation')[0].loadEventEnd"); ms <= 0 || ms > 3000 {
		t.Errorf("10,000 objects open in %.0f ms", ms)
	}
	b.do(chromedp.ScrollIntoView("#graph-canvas"))
	b.until("window.reportGraph && reportGraph.nodes().length > 100")
	b.look("many-light")
	b.quiet()
}
