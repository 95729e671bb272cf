package splitter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

func TestOwnersFile(t *testing.T) {
	t.Parallel()
	sre, web := partV1{Name: "sre", Owner: "@acme/sre"}, partV1{Name: "web", Owner: "@acme/web"}
	shared := partV1{Name: sharedPart}
	for name, c := range map[string]struct {
		present     string
		before, now []partV1
		want        string
	}{
		"first":                 {now: []partV1{shared, web, sre}, want: ownersHead + "/x/sre/ @acme/sre\n/x/web/ @acme/web\n"},
		"again":                 {present: "# mine\n/x/sre/ @acme/sre\n", before: []partV1{sre}, now: []partV1{shared, sre}, want: "# mine\n/x/sre/ @acme/sre\n"},
		"one more":              {present: "/x/sre/ @acme/sre", before: []partV1{sre}, now: []partV1{sre, web}, want: "/x/sre/ @acme/sre\n/x/web/ @acme/web\n"},
		"gone":                  {present: "* @boss\n/x/sre/ @acme/sre\n", before: []partV1{sre}, now: []partV1{shared}, want: "* @boss\n"},
		"another format":        {present: "/x/sre/ @acme/sre\n", before: []partV1{sre}, now: []partV1{{Name: "sre", Owner: "@new/sre"}}, want: "/x/sre/ @new/sre\n"},
		"by hand":               {present: "/x/sre/ @ada @bob\n", before: []partV1{sre}, now: []partV1{{Name: "sre", Owner: "@new/sre"}}, want: "/x/sre/ @ada @bob\n"},
		"by hand for what left": {present: "/x/sre/ @ada\n", before: []partV1{sre}, want: "/x/sre/ @ada\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(owners([]byte(c.present), c.before, c.now, "/x/")); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// A slug or a path says nothing in CODEOWNERS but who owns what.
func TestWhatCodeownersCannotSay(t *testing.T) {
	t.Parallel()
	for slug, fits := range map[string]bool{
		"sre": true, "web-2": true, "a.b_c": true,
		"": false, "sre @evil": false, "sre\t@evil": false, "sre\n* @evil": false, "sre\r* @evil": false, "sre#": false, "sre/evil": false,
		"@evil": false, "sre\u00a0@evil": false, "sre\u2028@evil": false, "-x": false, "!x": false, "s*": false, "sré": false, "sre\\": false, "sre,evil@x.invalid": false,
	} {
		for _, format := range []string{"@acme/", "@acme/ops/", "x+"} {
			p := partV1{Name: "sre", Team: "t1", Owner: format + slug}
			if format == "x+" {
				p.Owner += "@acme.example"
			}
			if err := ownable("/x/sre/", p, slug); (err == nil) != fits {
				t.Errorf("%q in %q: %v", slug, p.Owner, err)
			}
		}
	}
	for path, fits := range map[string]bool{
		"/a/sre/": true, "/my infra/sre/": true, "/é/sre/": true,
		"/a\n* @evil/": false, "/*/": false, "/a#/": false, "/!a/": false, "/[a]/": false, `/a\/`: false, "/a\t@evil/": false,
	} {
		if err := ownable(path, partV1{Name: "sre", Owner: "@acme/sre"}, "sre"); (err == nil) != fits {
			t.Errorf("path %q: %v", path, err)
		}
	}
	blank := []partV1{{Name: "sre", Owner: "@acme/sre"}}
	first := owners(nil, nil, blank, "/my infra/")
	if want := ownersHead + "/my\\ infra/sre/ @acme/sre\n"; string(first) != want {
		t.Errorf("a blank in a path: %q, want %q", first, want)
	}
	if again := owners(first, blank, blank, "/my infra/"); string(again) != string(first) {
		t.Errorf("again: %q, want %q", again, first)
	}
}

func TestPathInRepository(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir := filepath.Join(top, "infra", "rootly")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := above(dir); got != "/" {
		t.Errorf("in no repository: %q", got)
	}
	if err := os.Mkdir(filepath.Join(top, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := above(dir); got != "/infra/rootly/" {
		t.Errorf("below the top of a repository: %q", got)
	}
	if got := above(top); got != "/" {
		t.Errorf("at the top of a repository: %q", got)
	}
}

func TestPartNames(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{sharedPart: true}
	var got []string
	for _, text := range []string{"site-reliability", "Site Reliability", "Shared", "../..", "24x7", "支払い"} {
		got = append(got, freeName(partName(text, "0b1c-x"), taken))
	}
	want := "site-reliability site-reliability-2 shared-2 team-0b1c-x 24x7 zhi-fu-i"
	if strings.Join(got, " ") != want {
		t.Errorf("names %s, want %s", strings.Join(got, " "), want)
	}
	for part, want := range map[string]string{"site-reliability": "site_reliability", "24x7": "team_24x7"} {
		if got := stateSourceName(part); got != want {
			t.Errorf("the state of %s is read as %s, want %s", part, got, want)
		}
	}
}

// A list of parts is read before anything else: what it names must stay below the directory.
func TestListOfParts(t *testing.T) {
	t.Parallel()
	list := func(names ...string) string {
		memo := splitV1{Version: 1, By: ByTeam, Across: AcrossState}
		for _, n := range names {
			memo.Parts = append(memo.Parts, partV1{Name: n})
		}
		content, err := json.Marshal(memo)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	for _, text := range []string{
		"", "{", `{"version": 2}`, list("../x"), list(""), list(".git"), list("a/b"), list(), list("a", "a"),
		strings.Replace(list("a"), ByTeam, "moon", 1),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, SplitName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if memo, err := readSplit(dir); err == nil {
			t.Errorf("%q was read as %+v", text, memo)
		}
	}
	good := t.TempDir()
	if err := os.WriteFile(filepath.Join(good, SplitName), []byte(list("a", "b")), 0o600); err != nil {
		t.Fatal(err)
	}
	if memo, err := readSplit(good); err != nil || len(memo.Parts) != 2 {
		t.Errorf("a list of two: %+v, %v", memo, err)
	}
	if memo, err := readSplit(t.TempDir()); memo != nil || err != nil {
		t.Errorf("no list: %+v, %v", memo, err)
	}
}

func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		`{"version":1,"split_by":"team","parts":[{"name":"shared","reads":[]},{"name":"sre","reads":["shared"]}]}`,
		`{"version":1,"split_by":"team","parts":[{"name":"../x"}]}`, `{"version":1,"split_by":"team","parts":[{"name":"a\\b"}]}`, `{"parts":null}`, `[]`,
		`{"version":1,"split_by":"team","parts":[{"name":"a","reads":["../b"]}]}`, `{"version":1,"split_by":"team","parts":[{"name":"C:"}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := strict.Decode[splitV1](content)
		if err != nil || s.check() != nil {
			return
		}
		for _, p := range s.Parts {
			if p.Name != filepath.Base(p.Name) || strings.ContainsAny(p.Name, `./\\:`) || stateSourceName(p.Name) == "" {
				t.Errorf("part %q", p.Name)
			}
		}
	})
}
