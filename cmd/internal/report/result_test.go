package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each format prints its own part of a result, and what is for people alone never gets between the output of a program.
func TestResult(t *testing.T) {
	t.Parallel()
	rich := Result{
		Value: map[string]string{"a": "<b> \u202e"}, Others: map[string]any{"sarif": []int{1}},
		Lines: []string{"  two\nlines \x1b[2J", ""}, Head: []string{"name", "n"}, Rows: [][]string{{"x", "12"}},
		Markdown: &Section{
			Title: "Rootly: 1 *finding*", Head: []string{"", "object", "message"}, Linked: 1,
			Rows:  [][]string{{"error", "a|b", "one\n@team"}, {"info", "c", "two"}},
			Links: []string{"https://rootly.com/account/a", "https://x.invalid/)](javascript:alert(1)"},
			Diffs: [][2]string{{"Fix <a>", "-\told\x1b[2J\n+```\n"}}, Lines: []string{"1 finding.", "> 2"},
		},
	}
	draft := Result{Lines: []string{"POST /v1/pulses"}, Body: []byte(`{"summary": "R\u0026D ` + "\u202e" + `"}`)}
	for name, c := range map[string]struct {
		format   string
		result   Result
		out, err string
	}{
		"text":           {"", rich, "  two; lines [2J\n\nname   n\nx     12\n", ""},
		"json":           {"json", rich, "{\n  \"a\": \"<b> \\u202e\"\n}\n", ""},
		"another":        {"sarif", rich, "[\n  1\n]\n", ""},
		"done":           {"text", Result{Value: 1, Lines: []string{"Upgraded"}, Did: true}, "", "Upgraded\n"},
		"done, as JSON":  {"json", Result{Value: 1, Lines: []string{"Upgraded"}, Did: true}, "1\n", ""},
		"body":           {"text", draft, "POST /v1/pulses\n{\"summary\": \"R&D \\u202e\"}\n", ""},
		"for people":     {"json", draft, "", "POST /v1/pulses\n{\"summary\": \"R&D \\u202e\"}\n"},
		"for people too": {"markdown", draft, "", "POST /v1/pulses\n{\"summary\": \"R&D \\u202e\"}\n"},
		"markdown": {"markdown", rich, strings.Join([]string{
			`## Rootly: 1 \*finding\*`, "", "| | object | message |", "|---|---|---|",
			`| error | [a\|b](https://rootly.com/account/a) | one<br>&#64;` + apart + `team |`, "| info | c | two |", "",
			"<details><summary>Fix &lt;a&gt;</summary>", "", "````diff", "-\told[2J", "+```", "````", "", "</details>", "", "1 finding.", "", "&gt; 2", "",
		}, "\n"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, err bytes.Buffer
			if err := New(Options{Out: &out, Err: &err, Format: c.format}).Result(c.result); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{c.out, c.err}, []string{out.String(), err.String()}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is printed on the way leaves the live line alone, and a result ends it.
func TestMessagesAndTheLiveLine(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	h := aTerminal.handler(&b, Options{Now: newClock().Now})
	p := h.Progress(nil)
	p.Stage("fetch", 0)
	b.Reset()
	h.Note("wait")
	h.Line("Added 1 object")
	if err := h.Result(Result{Lines: []string{"result"}}); err != nil {
		t.Fatal(err)
	}
	p.Step(1, "late")
	h.Note("end")
	if diff := cmp.Diff("\n<erase>note: wait\n\n<erase>Added 1 object\n\n<erase>result\nnote: end\n", spelled(b.String())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
