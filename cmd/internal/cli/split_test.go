package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		memo := splitV1{Version: 1, By: byTeam}
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
		strings.Replace(list("a"), byTeam, "moon", 1),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, splitName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if memo, err := readSplit(dir); err == nil {
			t.Errorf("%q was read as %+v", text, memo)
		}
	}
	good := t.TempDir()
	if err := os.WriteFile(filepath.Join(good, splitName), []byte(list("a", "b")), 0o600); err != nil {
		t.Fatal(err)
	}
	if memo, err := readSplit(good); err != nil || len(memo.Parts) != 2 {
		t.Errorf("a list of two: %+v, %v", memo, err)
	}
	if memo, err := readSplit(t.TempDir()); memo != nil || err != nil {
		t.Errorf("no list: %+v, %v", memo, err)
	}
}
