package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// deeds are events in which everything happened.
func deeds() []AuditEvent {
	at := time.Date(2026, 11, 20, 23, 30, 5, 250e6, time.UTC)
	return []AuditEvent{
		{
			ID: "982", At: at, Who: "Ada Okafor", Email: "ada@example.com", UserID: "7", Action: "update", Kind: "EscalationPolicyPath", Name: "Out of\nhours \x1b[31m", ItemID: "e1", Way: "web",
			IP: "192.0.2.7", Agent: "curl/8", APIKey: "k-1", Request: "r-1", Session: "9f86",
			Changes: []AuditChange{
				{Field: "repeat_count", Before: "3", After: "1"},
				{Field: "secret", Before: "[REDACTED]", After: "[REDACTED]"},
				{Field: "notes", Words: []Word{
					{Text: strings.Repeat("Before the change stands a long text. ", 4), Was: true, Is: true},
					{Text: "five", Was: true}, {Text: "fifteen", Is: true},
					{Text: strings.Repeat(" Behind it stands another one.", 5), Was: true, Is: true},
				}},
				{Field: "description", Before: strings.Repeat("long ", 20), After: "short"},
			},
		},
		{ID: "98", At: at.Add(-time.Hour), Who: "-", Action: "destroy", Kind: "Severity", Name: strings.Repeat("SEV", 30)},
		{ID: "97", At: at.Add(-2 * time.Hour), Who: "create", Action: "create", Kind: "create", Name: "日本"},
		{ID: "96", At: at.Add(-3 * time.Hour), Who: "Bo", Action: "login", Kind: "LoginActivity"},
	}
}

func TestDeeds(t *testing.T) {
	t.Parallel()
	env := func(values map[string]string) func(string) string {
		return func(name string) string { return values[name] }
	}
	yes := func() bool { return true }
	for name, o := range map[string]AuditView{
		"audit":          {},
		"audit_zone":     {Zone: time.FixedZone("CET", 3600)},
		"audit_wide":     {Wide: true},
		"audit_diff":     {Diff: true},
		"audit_colours":  {Diff: true, Getenv: env(nil), IsTerminal: yes},
		"audit_no_color": {Getenv: env(map[string]string{"NO_COLOR": "1"}), IsTerminal: yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := o.Write(&b, deeds()); err != nil {
				t.Fatal(err)
			}
			b.WriteString("\n")
			if err := o.WriteOne(&b, deeds()[0]); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", b.Bytes())
			if o.Getenv == nil && strings.Contains(b.String(), "\x1b") {
				t.Error("an escape reached the output")
			}
		})
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	rows := []string{`{"a":"x\u001b[0m"}`, "{\"b\":\"\u202e\"}"}
	for _, c := range []struct {
		kind string
		rows int
		want string
	}{
		{"ndjson", 0, ""},
		{"ndjson", 2, "{\"a\":\"x\\u001b[0m\"}\n{\"b\":\"\\u202e\"}\n"},
		{"json", 0, "[]\n"},
		{"json", 1, "[\n{\"a\":\"x\\u001b[0m\"}\n]\n"},
		{"json", 2, "[\n{\"a\":\"x\\u001b[0m\"},\n{\"b\":\"\\u202e\"}\n]\n"},
	} {
		var b bytes.Buffer
		r := NewRecords(&b, c.kind, nil)
		for _, row := range rows[:c.rows] {
			if err := r.JSON([]byte(row)); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, b.String()); diff != "" {
			t.Errorf("%d rows as %s: -want +got:\n%s", c.rows, c.kind, diff)
		}
		if c.kind == "json" && !json.Valid(b.Bytes()) {
			t.Errorf("%d rows are no JSON", c.rows)
		}
	}
}

func TestRecordsAsCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	r := NewRecords(&b, "csv", []string{"id", "text"})
	want := [][]string{{"id", "text"}, {"1", "two\nlines, \"quoted\""}, {"2", ""}}
	for _, row := range want[1:] {
		if err := r.Cells(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v -want +got:\n%s", err, diff)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestFullDisk(t *testing.T) {
	t.Parallel()
	table := NewRecords(full{}, "csv", []string{"id"})
	for name, err := range map[string]error{
		"table":  AuditView{}.Write(full{}, deeds()),
		"one":    AuditView{}.WriteOne(full{}, deeds()[0]),
		"ndjson": NewRecords(full{}, "ndjson", nil).JSON([]byte("{}")),
		"json":   NewRecords(full{}, "json", nil).Close(),
		"csv":    errors.Join(table.Cells([]string{"1"}), table.Close()),
	} {
		if err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
