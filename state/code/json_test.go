package code_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

const sample = `{
  "//": "Made by a program.",
  "resource": {
    "rootly_service": {
      "a": {
        "//": "why",
        "owner": "${rootly_team.sre.id}",
        "number": "${tonumber(rootly_team.sre.id)}",
        "text": "d\u00e9j\u00e0 \"vu\" ${rootly_team.sre.id}${local.users[\"ada@example.com\"]} $${rootly_team.no.id}"
      },
      "b": {
        "name": "b"
      }
    }
  },
  "import": [
    {
      "to": "rootly_service.a",
      "id": "1"
    }
  ]
}
`

func TestParseJSON(t *testing.T) {
	t.Parallel()
	s, err := code.ParseJSON([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	var same, refs []string
	for _, it := range s.Items {
		same = append(same, it.Same())
		for _, r := range it.Refs {
			refs = append(refs, fmt.Sprint(r.Parts))
			if text := sample[r.Start:r.Ends[1]]; it.Kind == "resource" && text != r.Parts[0]+"."+r.Parts[1] && !strings.HasPrefix(text, "local.users") {
				t.Errorf("%v is at %q", r.Parts, text)
			}
		}
	}
	if got, want := fmt.Sprint(same), "[ resource.rootly_service.a resource.rootly_service.b import.rootly_service.a]"; got != want {
		t.Errorf("items %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(refs), "[[rootly_team sre id] [rootly_team sre id] [rootly_team sre id] [local users ada@example.com] [rootly_service a]]"; got != want {
		t.Errorf("references %s, want %s", got, want)
	}
}

func TestAllOfAJSONFileIsTheFile(t *testing.T) {
	t.Parallel()
	s, err := code.ParseJSON([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]bool{1: true, 2: true, 3: true}
	if got := string(s.Cut(all, nil)); got != sample {
		t.Errorf("cut: %s", got)
	}
	if got := string(s.Weave(s, all, nil)); got != sample {
		t.Errorf("woven: %s", got)
	}
}

func TestResolved(t *testing.T) {
	t.Parallel()
	id := func(code.Ref) string { return "7" }
	for name, pair := range map[string][2]string{
		"reference":  {`r "a" { x = rootly_team.sre.id }`, `r "a" { x = "7" }`},
		"template":   {`r "a" { x = "t ${rootly_team.sre.id}!" }`, `r "a" { x = "t 7!" }`},
		"number":     {`r "a" { x = tonumber(rootly_team.sre.id) }`, `r "a" { x = 7 }`},
		"key":        {`r "a" { x = { (rootly_team.sre.id) = 1 } }`, `r "a" { x = { "7" = 1 } }`},
		"key's text": {`r "a" { x = { "t ${rootly_team.sre.id}" = 1 } }`, `r "a" { x = { "t 7" = 1 } }`},
		"layout":     {"r \"a\" {\n  # why\n  x = [\n    rootly_team.sre.id,\n    1,\n  ]\n}", `r "a" { x = ["7", 1] } # other`},
		"object":     {"r \"a\" { x = { id = rootly_team.sre.id, y = 1 } }", "r \"a\" {\n\n  x = {\n    # why\n    id = \"7\"\n    y  = 1\n  }\n\n}"},
		"heredoc":    {"r \"a\" {\n  x = <<E\n # ${rootly_team.sre.id}\nE\n}", "r \"a\" {\n  x = <<E\n # 7\nE\n}"},
		"other text": {`r "a" { x = " # b" }`, `r "a" { x = " # b" }`},
	} {
		if a, b := resolve(t, pair[0], id), resolve(t, pair[1], id); a != b {
			t.Errorf("%s: %q and %q", name, a, b)
		}
	}
	for name, pair := range map[string][2]string{
		"another id":   {`r "a" { x = rootly_team.sre.id }`, `r "a" { x = "8" }`},
		"another key":  {`r "a" { x = { (rootly_team.sre.id) = 1 } }`, `r "a" { x = { "8" = 1 } }`},
		"function":     {`r "a" { x = upper(rootly_team.sre.id) }`, `r "a" { x = upper"7" }`},
		"text space":   {`r "a" { x = "a b" }`, `r "a" { x = "ab" }`},
		"heredoc line": {"r \"a\" {\n  x = <<E\n # a\nE\n}", "r \"a\" {\n  x = <<E\n\nE\n}"},
		"other name":   {`r "a" { x = 1 }`, `r "a" { y = 1 }`},
	} {
		if a, b := resolve(t, pair[0], id), resolve(t, pair[1], id); a == b {
			t.Errorf("%s: both are %q", name, a)
		}
	}

	s, err := code.ParseJSON([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	got := s.Resolved(1, func(r code.Ref) string { return map[string]string{"rootly_team": "7"}[r.Parts[0]] })
	if want := `{"owner":"7","number":7,"text":"d\u00e9j\u00e0 \"vu\" 7${local.users[\"ada@example.com\"]} $${rootly_team.no.id}",}`; got != want {
		t.Errorf("JSON: %s, want %s", got, want)
	}
}

func resolve(t *testing.T, src string, id func(code.Ref) string) string {
	t.Helper()
	s, err := code.Parse([]byte(src))
	if err != nil || len(s.Items) != 1 {
		t.Fatalf("%v: %v", src, err)
	}
	return s.Resolved(0, id)
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := code.ParseJSON(src) // must end, whatever it is given
		if err != nil {
			return
		}
		all := map[int]bool{}
		for i := range s.Items {
			all[i] = true
			_ = s.Resolved(i, func(code.Ref) string { return "1" })
		}
		_ = s.Cut(all, nil)
	})
}
