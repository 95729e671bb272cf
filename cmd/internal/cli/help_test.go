package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// The help of every command is part of the interface: word by word. No line is over 80 columns, but for
// examples, which are to be copied.
func TestHelp(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("..", "..", "..", "testdata", "help.txtar")
	archive := &txtar.Archive{Comment: []byte("What --help prints for each command. go test ./cmd/internal/cli -run TestHelp -update\n")}
	for _, path := range commandPaths(newRoot(world.World{Getenv: os.Getenv, Now: today})) {
		var out, errs bytes.Buffer
		w := world.World{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Now: today}
		if code := Main(w, append(path[1:], "--help")); code != exit.Done || errs.Len() > 0 {
			t.Errorf("%v --help: code %d, %s", path, code, errs.String())
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if len([]rune(line)) > 80 && !strings.HasPrefix(line, "  $ ") {
				t.Errorf("%v --help: more than 80 columns: %s", path, line)
			}
		}
		archive.Files = append(archive.Files, txtar.File{Name: strings.Join(path, " "), Data: out.Bytes()})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(txtar.Format(archive))); diff != "" {
		t.Errorf("the help has changed; if it should, run: go test ./cmd/internal/cli -run TestHelp -update\n%s", diff)
	}
}

// commandPaths lists the commands of this program, hidden ones too, but not those of cobra.
func commandPaths(cmd *cobra.Command) [][]string {
	all := [][]string{strings.Fields(cmd.CommandPath())}
	for _, sub := range cmd.Commands() {
		all = append(all, commandPaths(sub)...)
	}
	return all
}
