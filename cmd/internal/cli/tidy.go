package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// tidyOptions are the flags of tidy.
type tidyOptions struct {
	dir    string
	engine string
	dryRun bool
}

func newTidy(w World) *cobra.Command {
	o := &tidyOptions{}
	cmd := &cobra.Command{
		Use:   "tidy DIRECTORY",
		Short: "Drop the import blocks that have done their work",
		Long: `Drop the import blocks that have done their work.

An import block whose object is in the state at that very address does nothing any
more. This takes such blocks out of the code, and files that hold nothing else with
them. The state is read where the directory keeps it, through terraform or tofu
where that is a backend. No request goes to Rootly.

` + exitText,
		Example: `  $ terraformer-rootly tidy ./rootly`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("tidy takes one directory, not %d", len(args)), "terraformer-rootly tidy DIRECTORY")
			}
			o.dir = args[0]
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return runTidy(cmd.Context(), w, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.engine, "engine", "", "terraform, tofu or the `PATH` of one (default: the first on PATH)")
	f.BoolVar(&o.dryRun, "dry-run", false, "write nothing; tell what would be written")
	return cmd
}

// runTidy reads the state and rewrites what needs no import any more.
func runTidy(ctx context.Context, w World, o *tidyOptions) error {
	dirs, err := partsOf(o.dir)
	if err != nil {
		return err
	}
	cut, changes := 0, &state.Changes{}
	for _, dir := range dirs {
		n, c, err := tidyOne(ctx, w, o, dir)
		if err != nil {
			return err
		}
		cut, changes.Write, changes.Remove = cut+n, append(changes.Write, c.Write...), append(changes.Remove, c.Remove...)
	}
	return tidied(w.Err, cut, changes, o.dryRun)
}

// tidyOne does that in one root module, and returns how many blocks it drops.
func tidyOne(ctx context.Context, w World, o *tidyOptions, path string) (int, *state.Changes, error) {
	held, err := heldIn(ctx, w, o.engine, path)
	if err != nil {
		return 0, nil, err
	}
	there := map[string]graph.ID{}
	for _, h := range held {
		there[h.String()] = h.ID
	}
	dir, err := state.Open(path, state.Options{Version: version(), Adopt: true, LookOnly: o.dryRun})
	if err != nil {
		return 0, nil, err
	}
	defer dir.Close()
	changes, cut, err := dir.Tidy(func(i state.Import) bool {
		id, held := there[i.To]
		// A slug says the same as an id, which nobody can tell here. The engine looks at the address only.
		return held && (id == i.ID || graph.IsUUID(string(id)) != graph.IsUUID(string(i.ID)))
	})
	if err != nil {
		return 0, nil, err
	}
	if o.dryRun || changes.Empty() {
		return cut, changes, nil
	}
	stage, err := dir.Stage(changes)
	if err != nil {
		return 0, nil, err
	}
	if err := stage.Commit(); err != nil {
		return 0, nil, fmt.Errorf("write %s: %w", path, err)
	}
	return cut, changes, nil
}

func tidied(out io.Writer, cut int, c *state.Changes, dry bool) error {
	verb := "Dropped"
	if dry {
		verb = "Would drop"
	}
	_, err := fmt.Fprintf(out, "%s %s: %s rewritten, %s removed\n", verb, report.Plural(cut, "import block"),
		report.Plural(len(c.Write), "file"), report.Plural(len(c.Remove), "file"))
	return err
}

// heldIn reads what the state of a directory holds.
func heldIn(ctx context.Context, w World, engine, dir string) ([]tfstate.Held, error) {
	content, _, err := readState(ctx, w, engine, dir)
	if err != nil || len(content) == 0 {
		return nil, err
	}
	held, err := tfstate.Objects(content)
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", dir, err)
	}
	return held, nil
}
