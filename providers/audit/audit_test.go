package audit_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// The shapes in which an event arrives.
const (
	fromAPI = `{"id":"981","type":"audits","attributes":{"id":981,"event":"update","item_type":"GeniusWorkflow","item_type_display":"Workflow",
		"item_id":"7f4c2f1e-1111-4222-8333-444455556666","object":{"name":"Page the team","priority":12345678901234567890,"wait":1.10},
		"object_changes":{"wait":[1.10,2.50],"name":["Page the team","Page the <b>team</b>"]},
		"user_id":42,"user_name":"Ada Okafor","user_email":"ada@example.com","ip_address":"192.0.2.7","user_agent":"curl/8",
		"request_id":"req-1","session_id":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","created_at":"2026-10-01T12:00:00.123456-07:00"}}`

	fromPage = `{"id":"982","type":"audits","attributes":{"event":"destroy","item_type":"Severity","item_id":"s1","object":{"name":"SEV9","color":"#fff","slug":null},
		"object_changes":null,"whodunnit":"42","source":"web","api_key_id":"k-7","metadata":{"reason":"tidy"},"created_at":"2026-10-02T00:00:00Z"}}`

	fromWebhook = `{"event":{"id":"d-1","type":"audit_log.created","issued_at":"2026-10-03T01:00:00Z"},
		"data":{"id":983,"event":"create","item_type":"Group","item_id":"g1","object":null,
		"object_changes":{"name":[null,"sre"],"id":[null,"g1"]},"whodunnit":"bo@example.com","source":"scim","created_at":"2026-10-03T00:59:59.5Z"}}`

	fromConnector = `{"id":"evt_1","action":"incident.created","actor_id":"9","actor_email":"cy@example.com","actor_name":"Cy","actor_type":"user",
		"resource_type":"incident","resource_id":"i1","resource_name":"Checkout is down","changes":{"status":{"from":null,"to":"started"}},
		"metadata":{"source":"slack","ip_address":"2001:db8::1"},"created_at":"2026-10-04 10:00:00 UTC"}`
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  string
		want audit.Event
	}{
		"API": {fromAPI, audit.Event{
			ID: "981", At: time.Date(2026, 10, 1, 19, 0, 0, 123456000, time.UTC), Action: "update", ItemType: "GeniusWorkflow",
			ItemID: "7f4c2f1e-1111-4222-8333-444455556666", ItemName: "Page the <b>team</b>", UserID: "42", UserName: "Ada Okafor", UserEmail: "ada@example.com",
			IP: "192.0.2.7", UserAgent: "curl/8", RequestID: "req-1", SessionID: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			Changes: []audit.Change{changed("name", `"Page the team"`, `"Page the <b>team</b>"`), changed("wait", "1.10", "2.50")},
		}},
		"product page": {fromPage, audit.Event{
			ID: "982", At: day(2), Action: "destroy", ItemType: "Severity", ItemID: "s1", ItemName: "SEV9",
			UserID: "42", APIKeyID: "k-7", Source: "web",
			Changes: []audit.Change{changed("color", `"#fff"`, "null"), changed("name", `"SEV9"`, "null")},
		}},
		"webhook": {fromWebhook, audit.Event{
			ID: "983", At: day(3).Add(3599500 * time.Millisecond), Action: "create", ItemType: "Group", ItemID: "g1", ItemName: "sre",
			UserEmail: "bo@example.com", Source: "scim",
			Changes: []audit.Change{changed("id", "null", `"g1"`), changed("name", "null", `"sre"`)},
		}},
		"connector": {fromConnector, audit.Event{
			ID: "evt_1", At: day(4).Add(10 * time.Hour), Action: "create", ItemType: "Incident", ItemID: "i1", ItemName: "Checkout is down",
			UserID: "9", UserName: "Cy", UserEmail: "cy@example.com", Source: "slack", IP: "2001:db8::1",
			Changes: []audit.Change{changed("status", "null", `"started"`)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := audit.Parse(json.RawMessage(c.raw))
			if err != nil {
				t.Fatal(err)
			}
			c.want.Raw = got.Raw
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			again, err := audit.Parse(got.Raw)
			if err != nil || !cmp.Equal(again, got) {
				t.Errorf("what was kept of it reads differently: %v\n%s", err, cmp.Diff(got, again))
			}
		})
	}
}

// TestRawHasOneShape holds that what is kept of an event looks the same on whatever way it came.
func TestRawHasOneShape(t *testing.T) {
	t.Parallel()
	const attributes = `{"id":7,"event":"update","item_type":"Group","created_at":"2026-10-01T00:00:00Z"}`
	const want = `{"id":"7","type":"audits","attributes":` + attributes + `}`
	for _, raw := range []string{
		want, attributes,
		"{ \"id\": \"7\", \"type\": \"audits\",\n\"attributes\": " + attributes + "}",
		`{"event":{"id":"d","type":"audit_log.created"},"data":` + attributes + `}`,
		`{"event":{"id":"d","type":"audit_log.created"},"data":` + want + `}`,
		`{"data":` + want + `}`,
	} {
		if got := parsed(t, raw); string(got.Raw) != want {
			t.Errorf("%s\nis kept as\n%s", raw, got.Raw)
		}
	}
	late := parsed(t, `{"event":{"id":"d","issued_at":"2026-10-01T00:00:00Z"},"data":{"id":7,"event":"create"}}`)
	if again := parsed(t, string(late.Raw)); again.ID != "7" || !again.At.Equal(day(1)) {
		t.Errorf("%s reads as %+v", late.Raw, again)
	}
	for _, raw := range []string{`{"event":{"id":"d","issued_at":"2026-10-01T00:00:00Z"},"data":{"attributes":{},"id":"7"}}`, `{"data":{},"event":{"id":"d"}}`} {
		if e, err := audit.Parse(json.RawMessage(raw)); err == nil && !json.Valid(e.Raw) {
			t.Errorf("%s is kept as %s", raw, e.Raw)
		}
	}
}

// TestAddressAndAgent reads both spellings of what is said of a request, wherever they stand.
func TestAddressAndAgent(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		`"ip_address":"192.0.2.7","user_agent":"curl/8"`, `"metadata":{"ip":"192.0.2.7","user_agent":"curl/8"}`,
		`"metadata":{"ip_address":"192.0.2.7","userAgent":"curl/8"}`, `"ip_address":null,"user_agent":"","metadata":{"ip":"192.0.2.7","userAgent":"curl/8"}`,
		`"ip":"192.0.2.7","userAgent":"curl/8"`,
	} {
		e := parsed(t, `{"id":"1","type":"audits","attributes":{"event":"update","item_type":"Group","created_at":"2026-10-01T00:00:00Z",`+said+`}}`)
		if e.IP != "192.0.2.7" || e.UserAgent != "curl/8" {
			t.Errorf("%s: %q %q", said, e.IP, e.UserAgent)
		}
		for _, format := range []audit.Format{audit.FormatFlat, audit.FormatOCSF} {
			line, err := format.Encode(e)
			if err != nil || strings.Count(string(line), `"192.0.2.7"`) == 0 || !strings.Contains(string(line), `"user_agent":"curl/8"`) {
				t.Errorf("%s: %s %v", format, line, err)
			}
		}
	}
}

func TestParseOddChanges(t *testing.T) {
	t.Parallel()
	for said, want := range map[string][]audit.Change{
		`"object_changes":"{\"name\":[\"a\",\"b\"]}"`:                      {changed("name", `"a"`, `"b"`)},
		`"changes":[{"field":"name","old_value":"a","new_value":"b"}]`:     {changed("name", `"a"`, `"b"`)},
		`"changes":{"name":"b"}`:                                           {changed("name", "null", `"b"`)},
		`"changes":{"ids":[1,2,3]}`:                                        {changed("ids", "null", `[1,2,3]`)},
		`"changes":{"params":{"from":"x","to":"y","more":1}}`:              {changed("params", "null", `{"from":"x","to":"y","more":1}`)},
		`"object_changes":{},"changes":{"n":{"before":1e3,"after":1.000}}`: {changed("n", "1e3", "1.000")},
		`"object_changes":"--- yaml"`:                                      nil,
	} {
		e, err := audit.Parse(json.RawMessage(`{"id":"1","event":"update","created_at":"2026-10-01T00:00:00Z",` + said + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, e.Changes); diff != "" {
			t.Errorf("%s: -want +got:\n%s", said, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		``:                                       "not a JSON object",
		`[]`:                                     "not a JSON object",
		`null`:                                   "not a JSON object",
		`{"id":`:                                 "not JSON",
		`{"attributes":{"event":"x"}}`:           "no id",
		`{"id":"7","event":"x"}`:                 "7: it has no created_at",
		`{"id":"7","created_at":"a while ago"}`:  "not a time",
		`{"data":{"event":"create"},"event":{}}`: "no id",
	} {
		_, err := audit.Parse(json.RawMessage(raw))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", raw, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, raw := range []string{fromAPI, fromPage, fromWebhook, fromConnector, `{"id":1,"created_at":"2026-10-01T00:00:00Z","object":[{"password":"x"}]}`} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := audit.Parse(raw)
		if err != nil {
			return
		}
		shown := audit.Redact(e)
		for _, format := range []audit.Format{audit.FormatRaw, audit.FormatFlat, audit.FormatOCSF} {
			line, err := format.Encode(shown)
			if err != nil || !json.Valid(line) || strings.ContainsRune(string(line), '\n') {
				t.Errorf("%s: %v\n%s", format, err, line)
			}
		}
		again, err := audit.Parse(shown.Raw)
		if err != nil || again.ID != e.ID || !again.At.Equal(e.At) || len(again.Changes) != len(e.Changes) {
			t.Errorf("redacting made another event of it: %v\n%s\n%s", err, raw, shown.Raw)
		}
	})
}

func changed(field, before, after string) audit.Change {
	return audit.Change{Field: field, Before: json.RawMessage(before), After: json.RawMessage(after)}
}

func day(n int) time.Time { return time.Date(2026, 10, n, 0, 0, 0, 0, time.UTC) }

func parsed(t *testing.T, raw string) audit.Event {
	t.Helper()
	e, err := audit.Parse(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	return e
}
