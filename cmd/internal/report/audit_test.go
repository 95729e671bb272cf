package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// auditEvents are events in which everything happened.
func auditEvents() []audit.Event {
	at := time.Date(2026, 11, 20, 23, 30, 5, 250e6, time.UTC)
	text := func(parts ...string) json.RawMessage { return json.RawMessage(`"` + strings.Join(parts, "") + `"`) }
	head, tail := strings.Repeat("Before the change stands a long text. ", 4), strings.Repeat(" Behind it stands another one.", 5)
	return []audit.Event{
		{
			ID: "982", At: at, UserName: "Ada Okafor", UserEmail: "ada@example.com", UserID: "7", Action: "update", ItemType: "EscalationPolicyPath", ItemName: "Out of\nhours \x1b[31m", ItemID: "e1", Source: "web",
			IP: "192.0.2.7", UserAgent: "curl/8", APIKeyID: "k-1", RequestID: "r-1", SessionID: "9f86",
			Changes: []audit.Change{
				{Field: "repeat_count", Before: []byte("3"), After: []byte("1")},
				{Field: "secret", Before: text("[REDACTED]"), After: text("[REDACTED]")},
				{Field: "notes", Before: text(head, "five", tail), After: text(head, "fifteen", tail)},
				{Field: "description", Before: text(strings.Repeat("long ", 20)), After: text("short")},
			},
		},
		{ID: "98", At: at.Add(-time.Hour), Action: "destroy", ItemType: "Severity", ItemName: strings.Repeat("SEV", 30)},
		{ID: "97", At: at.Add(-2 * time.Hour), UserName: "create", Action: "create", ItemType: "create", ItemName: "日本"},
		{ID: "96", At: at.Add(-3 * time.Hour), UserName: "Bo", Action: "login", ItemType: "LoginActivity"},
	}
}

// each gives the events of a list.
func each(events []audit.Event) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestAuditEvents(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		on screen
		o  Options
		e  Events
	}{
		"audit":          {},
		"audit_zone":     {o: Options{Zone: time.FixedZone("CET", 3600)}},
		"audit_wide":     {e: Events{Wide: true}},
		"audit_diff":     {e: Events{Diff: true}},
		"audit_colours":  {on: aTerminal, e: Events{Diff: true}},
		"audit_no_color": {on: aTerminal, o: Options{Getenv: env("NO_COLOR=1")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			h := c.on.handler(&b, c.o)
			c.e.List = each(auditEvents())
			err := h.Events(c.e)
			b.WriteString("\n")
			if err := errors.Join(err, h.Event(auditEvents()[0])); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", b.String())
			if !c.on.terminal && strings.Contains(b.String(), "\x1b") {
				t.Error("an escape reached the output")
			}
		})
	}
}

func TestAuditEventsAsJSON(t *testing.T) {
	t.Parallel()
	events := []audit.Event{{Raw: []byte(`{"a":"x\u001b[0m"}`)}, {Raw: []byte("{\"b\":\"\u202e\"}")}}
	for _, c := range []struct {
		format string
		rows   int
		want   string
	}{
		{"ndjson", 0, ""},
		{"ndjson", 2, "{\"a\":\"x\\u001b[0m\"}\n{\"b\":\"\\u202e\"}\n"},
		{"json", 0, "[]\n"},
		{"json", 1, "[\n{\"a\":\"x\\u001b[0m\"}\n]\n"},
		{"json", 2, "[\n{\"a\":\"x\\u001b[0m\"},\n{\"b\":\"\\u202e\"}\n]\n"},
	} {
		got := printed(t, Options{Format: c.format}, func(h Handler) error { return h.Events(Events{List: each(events[:c.rows])}) })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d rows as %s: -want +got:\n%s", c.rows, c.format, diff)
		}
		if c.format == "json" && !json.Valid([]byte(got)) {
			t.Errorf("%d rows are no JSON", c.rows)
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	read := func(print func(h Handler) error) [][]string {
		rows, err := csv.NewReader(strings.NewReader(printed(t, Options{Format: "csv"}, print))).ReadAll()
		if err != nil {
			t.Error(err)
		}
		return rows
	}
	event := audit.Event{ID: "1", ItemName: "two\nlines, \"quoted\""}
	rows := read(func(h Handler) error { return h.Events(Events{List: each([]audit.Event{event})}) })
	if diff := cmp.Diff([][]string{audit.Columns(), audit.CSV(event)}, rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	rows = read(func(h Handler) error { return h.Counts([]Count{{"user", "=1+1", 3}}, 0) })
	if diff := cmp.Diff([][]string{{"by", "value", "events"}, {"user", "'=1+1", "3"}}, rows); diff != "" {
		t.Errorf("a spreadsheet would run a formula: -want +got:\n%s", diff)
	}
}

// A list that cannot be read to its end is an error, and in JSON a list all the same.
func TestEventsThatEndInAnError(t *testing.T) {
	t.Parallel()
	gone := errors.New("the network is down")
	list := func(yield func(audit.Event, error) bool) {
		_ = yield(audit.Event{ID: "1", Raw: []byte(`{}`)}, nil) && yield(audit.Event{}, gone)
	}
	for format, want := range map[string]string{"text": "", "json": "[\n{}\n]\n", "ndjson": "{}\n", "csv": strings.Join(audit.Columns(), ",") + "\n"} {
		var b bytes.Buffer
		if err := (screen{}).handler(&b, Options{Format: format}).Events(Events{List: list}); !errors.Is(err, gone) {
			t.Errorf("%s: %v", format, err)
		}
		if got := b.String(); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", format, got)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for name, print := range map[string]func(h Handler) error{
		"events":  func(h Handler) error { return h.Events(Events{List: each(auditEvents()[:1])}) },
		"changes": func(h Handler) error { return h.Changes(Changes{}) },
		"status":  func(h Handler) error { return h.Status(&Status{}) },
		"counts":  func(h Handler) error { return h.Counts([]Count{{"user", "a", 1}}, 0) },
		"result":  func(h Handler) error { return h.Result(Result{Lines: []string{"a"}, Value: 1}) },
	} {
		for _, format := range []string{"text", "markdown", "json", "csv"} {
			h := New(Options{Out: full{}, Err: full{}, Format: format, Audit: audit.FormatFlat})
			if err := print(h); err == nil || !strings.Contains(err.Error(), "no space left") {
				t.Errorf("%s as %s: %v", name, format, err)
			}
		}
	}
}
