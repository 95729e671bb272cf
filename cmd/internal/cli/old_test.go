package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/oldcommands"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// oldTool are the flags that the tool before had below "import rootly", with an argument for each
// that differs from the default, and what has become of it: a part of the new command line, or of
// the error.
var oldTool = []struct {
	long, short, argument, now, gone string
}{
	{long: "resources", short: "r", argument: "team", now: "--resources team"},
	{long: "excludes", short: "x", argument: "severity", now: "--excludes severity"},
	{long: "path-pattern", short: "p", argument: "{output}/x", now: "-o generated/x "},
	{long: "path-output", short: "o", argument: "out", now: "-o out/rootly/service "},
	{long: "state", short: "s", argument: "bucket", gone: "--state is not supported any more"},
	{long: "bucket", short: "b", argument: "gs://b", gone: "--bucket is not supported any more"},
	{long: "filter", short: "f", argument: "service=a:b", now: "--filter service.id=a --filter service.id=b"},
	{long: "connect", short: "c", argument: "false", gone: "--connect=false is not supported any more"},
	{long: "compact", short: "C", argument: "true", now: "--layout single"},
	{long: "verbose", short: "v", argument: "true", gone: "--verbose is not supported any more"},
	{long: "no-sort", short: "S", argument: "true", gone: "--no-sort is not supported any more"},
	{long: "output", short: "O", argument: "json", now: "--output json"},
	{long: "retry-number", short: "n", argument: "9", now: "--retries 9"},
	{long: "retry-sleep-ms", short: "m", argument: "9", gone: "--retry-sleep-ms is not supported any more"},
	{long: "url", short: "u", argument: "http://127.0.0.1:1", now: "--url http://127.0.0.1:1"},
	{long: "token", short: "t", argument: "secret", now: "--token TOKEN"},
}

// translated runs the translation of a command line below "import rootly".
func translated(t *testing.T, args ...string) (oldcommands.Line, error) {
	t.Helper()
	var line oldcommands.Line
	cmd := oldCommand("rootly", func(_ *cobra.Command, l oldcommands.Line) error {
		line = l
		return nil
	})
	cmd.SetArgs(args)
	err := cmd.Execute()
	return line, err
}

// No flag of the tool before is ignored, by its long or its short name.
func TestOldFlags(t *testing.T) {
	t.Parallel()
	for _, flag := range oldTool {
		for _, args := range [][]string{{"--" + flag.long + "=" + flag.argument}, {"-" + flag.short + "=" + flag.argument}} {
			t.Run(args[0], func(t *testing.T) {
				t.Parallel()
				if flag.long != "resources" {
					args = append(args, "--resources=service")
				}
				line, err := translated(t, args...)
				if err != nil {
					t.Fatal(err)
				}
				if flag.now != "" && !strings.Contains(line.String()+" ", flag.now) {
					t.Errorf("%v has become %s, without %s", args, line.String(), flag.now)
				}
				if gone := fmt.Sprint(line.Refuse()); flag.gone == "" && gone != "<nil>" || !strings.Contains(gone, flag.gone) {
					t.Errorf("%v is refused with %q, want %q", args, gone, flag.gone)
				}
				if strings.Contains(line.String(), "secret") {
					t.Errorf("the token shows in %s", line.String())
				}
			})
		}
	}
}

// The old place has every old flag, and no new flag took the name of one with another meaning.
func TestOldNames(t *testing.T) {
	t.Parallel()
	old := newOldImport(world.World{}).Flags()
	known := map[string]bool{"help": true}
	for _, flag := range oldTool {
		known[flag.long] = true
		f := old.Lookup(flag.long)
		if f == nil || f.Shorthand != flag.short {
			t.Errorf("--%s, -%s is missing", flag.long, flag.short)
		}
	}
	now := newImport(world.World{}).Flags()
	old.VisitAll(func(f *pflag.Flag) {
		if !known[f.Name] && now.Lookup(f.Name) == nil {
			t.Errorf("--%s is neither old nor new", f.Name)
		}
	})
}

// Flags of today work at the old place as they do at the new one.
func TestNewFlagsAtTheOldPlace(t *testing.T) {
	t.Parallel()
	line, err := translated(t, "-r=service", "--no-verify", "--parallelism=3", "--quiet=false", "--synthetic")
	if err != nil {
		t.Fatal(err)
	}
	const want = "terraformer-rootly import -o generated/rootly/service --resources service --no-verify --parallelism 3 --quiet=false --synthetic"
	if line.String() != want {
		t.Errorf("%s\nwant\n%s", line.String(), want)
	}
	now, old := newImport(world.World{}).Flags(), newOldImport(world.World{}).Flags()
	now.VisitAll(func(f *pflag.Flag) {
		if old.Lookup(f.Name) == nil && f.Name != "output-dir" && f.Name != "layout" && f.Name != "help" {
			t.Errorf("--%s does not work at the old place", f.Name)
		}
	})
}
