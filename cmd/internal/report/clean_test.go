package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

func TestName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Ada Okafor":                           "Ada Okafor",
		"Head Office <head@company.example> x": "Head Office head@company.example x",
		"<>":                                   "",
		" \t\r\n":                              "",
		`.,:;"'\`:                              "",
		"\u200b\u3000\u00ad":                   "",
		"A\u202ed\x1b[31ma\x00":                "Ad[31ma",
		"Ada\nSigned-off-by: Bo":               "Ada Signed-off-by: Bo",
		"Ada\u2028Bo\u2029Cy":                  "Ada Bo Cy",
		"Søren 李雷":                             "Søren 李雷",
		"\xff\xfeAda":                          "\ufffdAda",
		strings.Repeat("ab ", 400):             strings.TrimSpace(strings.Repeat("ab ", 33) + "a"),
	} {
		if got := Name(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// What a runner of GitHub Actions would obey is never printed as it would.
func TestWorkflowCommands(t *testing.T) {
	t.Parallel()
	evil := strings.Repeat("x", 95) + " ::error::forged ##[add-mask]x"
	c := Changes{From: "a", To: "b", Changes: []ObjectChange{{Kind: "changed", Address: "rootly_team.a", Title: evil, Events: []ChangeEvent{{
		UserName: evil, Fields: []AttributeChange{{Path: "::set-output name=a::b", Before: shown.Text(evil)}},
	}}, Confidence: "parent"}}}
	event := audit.Event{ItemName: evil, UserName: "::error::a", Raw: []byte(`{"name":"` + evil + `"}`)}
	for name, print := range map[string]func(h Handler) error{
		"changes": func(h Handler) error { return h.Changes(c) },
		"status": func(h Handler) error {
			return h.Status(&Status{Types: []StatusCount{{Type: evil}}, Unmanaged: []StatusObject{{Title: evil}}})
		},
		"counts": func(h Handler) error { return h.Counts([]Count{{By: "user", Value: evil, Events: 1}}, 0) },
		"event":  func(h Handler) error { return h.Event(event) },
		"events": func(h Handler) error { return h.Events(Events{List: each([]audit.Event{event})}) },
		"result": func(h Handler) error {
			return h.Result(Result{Value: evil, Lines: []string{evil, "::error::a"}, Head: []string{"a", "b"}, Rows: [][]string{{"::error::a", evil}}, Body: []byte(`"` + evil + `"`),
				Markdown: &Section{Title: evil, Head: []string{"a", "b"}, Rows: [][]string{{"::error::a", evil + "\n::error::a"}}, Links: []string{"::error::a"}, Lines: []string{"::error::a"}}})
		},
		"problem": func(h Handler) error { h.Problem(errors.New(evil), "::error::a"); return nil },
		"note":    func(h Handler) error { h.Note(evil); return nil },
		"line":    func(h Handler) error { h.Line("::error::a " + evil); return nil },
		"summary": func(h Handler) error {
			return h.Summary(&Summary{Proof: Proof{State: ProofSkipped, Reason: evil}, NotImported: []NotImported{{Type: "rootly_team", Title: evil, Reason: evil, Hint: evil}}})
		},
	} {
		for _, format := range []string{"text", "markdown", "json", "ndjson"} {
			for line := range strings.Lines(printed(t, Options{Format: format}, print)) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.ContainsAny(line, "\x1b\u202e") {
					t.Errorf("%s as %s prints %q", name, format, line)
				}
			}
		}
	}
}

// Names stay names in Markdown, wherever it is shown.
func TestMarkdownMentions(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"@team":                 "&#64;" + apart + "team",
		"see (@acme/team)":      "see (&#64;" + apart + "acme/team)",
		"ada@example.com":       "ada&#64;example.com",
		"<!here> <@U1>":         "&lt;!here&gt; &lt;&#64;" + apart + "U1&gt;",
		"[x](http://x.invalid)": `\[x\](http://x.invalid)`,
		"<img src=x>":           "&lt;img src=x&gt;",
		"R&D -> Q&A, 1 < 2":     "R&D -> Q&A, 1 < 2",
		"a&amp;b &#64; <b":      `a&amp;amp;b &amp;\#64; &lt;b`,
		"> no quotation":        "&gt; no quotation",
	} {
		if got := Markdown(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	for given, want := range map[string]string{
		`a["b|c"]`:    "`a[\"b\\|c\"]`",
		`a["b\|c"]`:   "`a[\"b\u00a6c\"]`",
		"a`<b>":       "`a<b>`",
		"<!channel>":  "`<" + apart + "!channel>`",
		"x\ny\x1b[2J": "`x y[2J`",
	} {
		if got := code(given); got != want {
			t.Errorf("code %q: %q, want %q", given, got, want)
		}
	}
}
