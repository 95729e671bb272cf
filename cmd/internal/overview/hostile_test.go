package overview

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// hostile are names that try to leave the place where they stand.
var hostile = []string{
	`</script><script>window.broken=1</script>`, `"><img src=x onerror="window.broken=1">`, `<svg/onload=window.broken=1>`,
	`</title></style><script>window.broken=1</script>`, `javascript:window.broken=1`, "{{.Findings}} ${broken=1}", "\u202efdp.exe\x1b[31m", `' onmouseover='window.broken=1`,
}

// hostileOrganisation serves an organisation with such names.
func hostileOrganisation(t *testing.T) string {
	t.Helper()
	clock := func() time.Time { return time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC) }
	server := httptest.NewServer(sandbox.New(sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 1}), Seed: 1, Clock: clock}))
	t.Cleanup(server.Close)
	n := 0
	for _, path := range []string{"services", "teams", "schedules", "escalation_policies", "alert_routes", "causes"} {
		var listed struct {
			Data []struct{ ID, Type string }
		}
		ask(t, http.MethodGet, server.URL+"/v1/"+path+"?page[size]=5", nil, &listed)
		for _, o := range listed.Data {
			name := hostile[n%len(hostile)]
			n++
			body, err := json.Marshal(map[string]any{"data": map[string]any{"type": o.Type, "attributes": map[string]string{"name": name, "description": name}}})
			if err != nil {
				t.Fatal(err)
			}
			ask(t, http.MethodPut, server.URL+"/v1/"+path+"/"+o.ID, body, nil)
		}
	}
	if n < len(hostile) {
		t.Fatalf("only %d objects were renamed", n)
	}
	return server.URL
}

func ask(t *testing.T, method, url string, body []byte, answer any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("Content-Type", "application/vnd.api+json")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %s", method, url, got.Status)
	}
	if answer != nil {
		if err := json.NewDecoder(got.Body).Decode(answer); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHostileOrganisation(t *testing.T) {
	t.Parallel()
	o := &Settings{}
	o.URL, o.Token = hostileOrganisation(t), "any"
	file, text := written(t, o)
	for _, name := range hostile[:4] {
		if strings.Contains(text, name) {
			t.Errorf("the page has %s", name)
		}
	}
	if strings.ContainsAny(text, "\u202e\x1b") {
		t.Error("the page has characters that nobody sees")
	}
	b := browse(t, file)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#changes").scrollIntoView()`))
	b.look("changes-light")
	b.do(chromedp.ScrollIntoView("#graph-canvas"))
	b.until("window.reportGraph && reportGraph.nodes().length > 30")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = true; })`))
	b.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#objects a")].find((a) => a.textContent.includes("img src")).click()`), chromedp.WaitVisible("#object[open] pre"))
	if title := b.text("#object-title"); !strings.Contains(title, `<img src=x`) {
		t.Errorf("the title is %q", title)
	}
	if n := b.number("(window.broken || 0) + document.querySelectorAll('main img, main script, dialog img, dialog script').length"); n != 0 {
		t.Error("a name became code")
	}
	b.quiet()
}
