package overview

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
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

// Whatever the organisation has below a name of a credential is nowhere on the page, nor in its compressed parts.
func TestPageHasNoCredentials(t *testing.T) {
	t.Parallel()
	o := &Settings{}
	o.URL, o.Token = hostileOrganisation(t), "any"
	_, text := written(t, o)
	for _, data := range regexp.MustCompile(`id="(?:map|detail)-data">([^<]*)<`).FindAllStringSubmatch(text, -1) {
		text += unpacked(t, data[1])
	}
	if !strings.Contains(text, "backstage_id") {
		t.Fatal("no settings were unpacked")
	}
	looked := 0
	for _, path := range []string{"alert_sources", "webhooks/endpoints", "secrets", "heartbeats", "edge_connectors", "workflows?include=form_field_conditions", "playbooks"} {
		var listed struct {
			Data []struct{ Attributes map[string]json.RawMessage }
		}
		ask(t, http.MethodGet, o.URL+"/v1/"+path, nil, &listed)
		for _, object := range listed.Data {
			for name, raw := range object.Attributes {
				var value string
				if !regexp.MustCompile(`secret$|token$|password$`).MatchString(name) || json.Unmarshal(raw, &value) != nil || len(value) < 8 || value == "[REDACTED]" {
					continue
				}
				looked++
				if strings.Contains(text, value) {
					t.Errorf("the page has the %s of one of %s", name, path)
				}
			}
		}
	}
	if looked == 0 {
		t.Error("the organisation has no credentials to look for")
	}
}

func unpacked(t *testing.T, letters string) string {
	t.Helper()
	raw, err := base64.URLEncoding.DecodeString(letters)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(zipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
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
	const opened, tries = "performance.getEntriesByType('navigation')[0].loadEventEnd", 3
	ms := b.number(opened)
	for n := 1; ms > 3000 && n < tries; n++ { // a busy machine is no fault of the page
		b.do(chromedp.Reload())
		ms = b.number(opened)
	}
	if ms <= 0 || ms > 3000 {
		t.Errorf("10,000 objects open in %.0f ms", ms)
	}
	b.do(chromedp.ScrollIntoView("#graph-canvas"))
	b.until("window.reportGraph && reportGraph.nodes().length > 100")
	b.look("many-light")
	b.quiet()
}
