package ignore

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// ignoreCases are patterns with paths. Git is asked what it makes of them, where it is here.
var ignoreCases = []struct {
	patterns string
	path     string
	ignored  bool
}{
	{"rootly_team.sre", "rootly_team.sre", true},
	{"rootly_team.sre", "rootly_team.sre_2", false},
	{"rootly_team.*", "rootly_team.sre", true},
	{"*.sre", "rootly_team.sre", true},
	{"# rootly_team.sre", "rootly_team.sre", false},
	{`\#a`, "#a", true},
	{"rootly_team/", "rootly_team/Site reliability", true},
	{"rootly_team/", "rootly_team.sre", false},
	{"rootly_team/", "rootly_team", false},
	{"rootly_team", "rootly_team/Site reliability", true},
	{"Site*", "rootly_team/Site reliability", true},
	{"/Site*", "rootly_team/Site reliability", false},
	{"/rootly_team/Site*", "rootly_team/Site reliability", true},
	{"rootly_team/*", "rootly_team/Site reliability", true},
	{"rootly_*/API", "rootly_team/API", true},
	{"*/API", "rootly_team/API", true},
	{"**/API", "rootly_team/API", true},
	{"rootly_team/**", "rootly_team/API", true},
	{"a*c", "a/c", false},
	{"API ", "rootly_team/API", true},
	{`API\ `, "rootly_team/API ", true},
	{"AP[A-Z]", "rootly_team/API", true},
	{"AP[!A-Z]", "rootly_team/API", false},
	{"AP[^0-9]", "rootly_team/API", true},
	{"AP?", "rootly_team/API", true},
	{`AP\?`, "rootly_team/API", false},
	{`a\*b`, "rootly_team/a*b", true},
	{"checkout équipe", "rootly_team/checkout équipe", true},
	{"rootly_team.*\n!rootly_team.sre", "rootly_team.sre", false},
	{"rootly_team.*\n!rootly_team.sre\n*.sre", "rootly_team.sre", true},
	{"!rootly_team.sre\nrootly_team.*", "rootly_team.sre", true},
	{"\n\nrootly_team.sre\r\n", "rootly_team.sre", true},
}

func TestIgnorePatterns(t *testing.T) {
	t.Parallel()
	for _, c := range ignoreCases {
		f, err := Parse([]byte(c.patterns))
		if err != nil {
			t.Errorf("%q: %v", c.patterns, err)
			continue
		}
		got := false
		for _, p := range f {
			if p.match.MatchString(c.path) {
				got = !p.negate
			}
		}
		if got != c.ignored {
			t.Errorf("%q ignores %q: %v", c.patterns, c.path, got)
		}
	}
	if _, err := Parse([]byte("a[b")); err == nil {
		t.Error("a bracket without end was taken")
	}
}

func TestIgnorePatternsAreThoseOfGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir := t.TempDir()
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Skipf("git init: %v %s", err, out)
	}
	for _, c := range ignoreCases {
		if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte(strings.ReplaceAll(c.patterns, "\r", "")), 0o644); err != nil {
			t.Fatal(err)
		}
		ask := exec.Command("git", "-C", dir, "check-ignore", "-q", "--no-index", c.path)
		err := ask.Run()
		if code := ask.ProcessState.ExitCode(); (code == 0) != c.ignored || code > 1 {
			t.Errorf("git says of %q for %q: %v", c.patterns, c.path, err)
		}
	}
}

func TestWrittenLinesMatchTheirObjectAlone(t *testing.T) {
	t.Parallel()
	for _, title := range []string{"Plain", "a*b?[c]", `back\slash`, "a/b", "trailing ", "équipe", "!bang", "#hash", ""} {
		r := &graph.Resource{Address: graph.Address{Type: "rootly_team", Name: "x"}, ID: "id-1", Title: title}
		other := &graph.Resource{Address: graph.Address{Type: "rootly_team", Name: "y"}, ID: "id-2", Title: title + "x"}
		for _, unique := range []bool{true, false} {
			f, err := Parse([]byte(Line(r, unique)))
			if err != nil || !f.Covers(r) || f.Covers(other) {
				t.Errorf("%q: %q covers it: %v, another: %v, %v", title, Line(r, unique), f.Covers(r), f.Covers(other), err)
			}
		}
	}
}
