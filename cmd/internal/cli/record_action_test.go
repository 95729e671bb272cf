package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The action reports an outcome as what it is, and the people whose last verdict on the pull request is an approval.
func TestRecordAction(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no " + tool)
		}
	}
	action, err := filepath.Abs(filepath.Join("..", "..", "..", ".github", "actions", "record"))
	if err != nil {
		t.Fatal(err)
	}
	script := stepOf(t, filepath.Join(action, "action.yml"))
	tools := t.TempDir()
	for name, text := range map[string]string{
		"terraformer-rootly": "#!/bin/sh\nprintf '[%s]' \"$@\"\n",
		"gh": `#!/bin/sh
[ -z "$GH_FAILS" ] || exit 1
for last; do :; done
case "$*" in
"api repos/acme/infra/commits/abc/pulls"*) echo '[{"number":3,"merged_at":null},{"number":7,"merged_at":"2026-01-31T12:00:00Z"}]' | jq -r "$last" ;;
"pr view 7 --repo acme/infra --json reviews"*) echo '{"reviews":[{"author":{"login":"ann"},"state":"CHANGES_REQUESTED"},{"author":{"login":"bob"},"state":"APPROVED"},
  {"author":{"login":"ann"},"state":"APPROVED"},{"author":{"login":"ann"},"state":"COMMENTED"},{"author":{"login":"eve"},"state":"APPROVED"},{"author":{"login":"eve"},"state":"DISMISSED"}]}' | jq -r "$last" ;;
"pr view 8 --repo acme/infra --json reviews"*) echo '{"reviews":[]}' | jq -r "$last" ;;
*) exit 9 ;;
esac
`,
	} {
		if err := os.WriteFile(filepath.Join(tools, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		env  string
		want []string
	}{
		{"RECORD_OUTCOME=success", []string{"[--status][applied]", "[--approved-by][ann, bob]", "[--output-file][out]"}},
		{"RECORD_OUTCOME=failure", []string{"[--status][failed]"}},
		{"RECORD_OUTCOME=cancelled PULL_REQUEST=8", []string{"[--status][cancelled]", "[--approved-by][]"}},
		{"RECORD_OUTCOME=skipped RECORD_APPROVED_BY=eve", []string{"[--status][skipped]", "[--approved-by][eve]"}},
		{"RECORD_OUTCOME=success GH_FAILS=1", []string{"[--status][applied]", "[--approved-by][]", "::warning title=Approvers unknown::"}},
	} {
		cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script) // as the runner does
		cmd.Env = append(strings.Fields(c.env), "PATH="+tools+":"+os.Getenv("PATH"), "GITHUB_OUTPUT=out", "GITHUB_REPOSITORY=acme/infra", "GITHUB_SHA=abc", "RECORD_ACTION="+action)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", c.env, err, out)
		}
		for _, want := range c.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: no %s in %s", c.env, want, out)
			}
		}
	}
}

// stepOf is the script of the only step of an action.
func stepOf(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, script, found := strings.Cut(string(raw), "      run: |\n")
	if !found {
		t.Fatalf("%s has no script", path)
	}
	return strings.ReplaceAll("\n"+script, "\n        ", "\n")
}
