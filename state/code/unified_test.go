package code_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// unified are texts with edits: what stands between [ and ] becomes what follows a bar in it.
var unified = map[string]struct{ marked, want string }{
	"a value":                    {"a\nb = [1|2]\nc\n", "a\nb = 2\nc\n"},
	"a line":                     {"a\n[b = 1|]\nc\n", "a\nc\n"},
	"a line with its margin":     {"a {\n  [b = 1|]\n}\n", "a {\n}\n"},
	"a block between blocks":     {"a\n\n[b {\n}|]\n\nc\n", "a\n\nc\n"},
	"the first block":            {"[b {\n}|]\n\nc\n", "c\n"},
	"the last block":             {"a\n\n[b {\n}|]\n", "a\n"},
	"the last line, without end": {"a\nb\n[c|d]", "a\nb\nd"},
	"the only block":             {"[b {\n}|]\n", ""},
	"two values of a line":       {"a = [1|2] + [3|4]\n", "a = 2 + 4\n"},
	"two near lines":             {"[a|x]\nb\nc\n[d|y]\ne\n", "x\nb\nc\ny\ne\n"},
	"two lines far apart":        {"[a|]\n1\n2\n3\n4\n5\n6\n7\n8\n9\n[b|x\ny]\nc\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\nx\ny\nc\n"},
	"an element of several":      {"a = [\n  1[,\n  2|],\n]\n", "a = [\n  1,\n]\n"},
	"windows":                    {"a\r\n[b|c]\r\nd\r\n", "a\r\nc\r\nd\r\n"},
}

func TestUnifiedIsWhatGitApplies(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	for name, tc := range unified {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, edits := unmarked(tc.marked)
			dir := t.TempDir()
			file := filepath.Join(dir, "x.tf")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			diff := code.Unified("x.tf", []byte(text), code.Changed([]byte(text), edits))
			apply := exec.CommandContext(t.Context(), git, "apply", "--whitespace=nowarn", "-")
			apply.Dir, apply.Stdin = dir, strings.NewReader(diff)
			if out, err := apply.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s\n%s", err, out, diff)
			}
			got, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if string(got) != tc.want {
				t.Errorf("%q, want %q after\n%s", got, tc.want, diff)
			}
		})
	}
}

// unmarked reads the edits of a text. Brackets without a bar belong to the text.
func unmarked(marked string) (text string, edits []code.Edit) {
	for marked != "" {
		bar := strings.Index(marked, "|")
		if bar < 0 {
			return text + marked, edits
		}
		open := strings.LastIndex(marked[:bar], "[")
		end := bar + strings.Index(marked[bar:], "]")
		text += marked[:open]
		edits = append(edits, code.Edit{Start: len(text), End: len(text) + bar - open - 1, Text: marked[bar+1 : end]})
		text, marked = text+marked[open+1:bar], marked[end+1:]
	}
	return text, edits
}
