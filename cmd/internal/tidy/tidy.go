package tidy

import (
	"context"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// Settings are the flags of tidy.
type Settings struct {
	Dir    string
	Engine string
	DryRun bool
}

// Run reads the state and rewrites what needs no import any more.
func Run(ctx context.Context, w world.World, o *Settings) error {
	dirs, err := splitter.PartsOf(o.Dir)
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
	w.Report().Line(tidied(cut, changes, o.DryRun))
	return nil
}

// tidyOne does that in one root module, and returns how many blocks it removes.
func tidyOne(ctx context.Context, w world.World, o *Settings, path string) (int, *state.Changes, error) {
	held, err := planning.HeldIn(ctx, w, o.Engine, path)
	if err != nil {
		return 0, nil, err
	}
	there := map[string]graph.ID{}
	for _, h := range held {
		there[h.String()] = h.ID
	}
	dir, err := state.Open(path, state.Options{Version: world.Version(), Adopt: true, LookOnly: o.DryRun})
	if err != nil {
		return 0, nil, err
	}
	defer dir.Close()
	changes, cut, err := dir.Tidy(func(i state.Import) bool {
		id, held := there[i.To]
		// A slug stands for an id, which cannot be checked here. The engine only looks at the address.
		return held && (id == i.ID || graph.IsUUID(string(id)) != graph.IsUUID(string(i.ID)))
	})
	if err != nil {
		return 0, nil, err
	}
	if o.DryRun || changes.Empty() {
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

func tidied(cut int, c *state.Changes, dry bool) string {
	verb := "Removed"
	if dry {
		verb = "Would remove"
	}
	if cut == 0 {
		return "There are no import blocks to remove"
	}
	return fmt.Sprintf("%s %s: %s rewritten, %s removed", verb, report.Plural(cut, "import block"),
		report.Plural(len(c.Write), "file"), report.Plural(len(c.Remove), "file"))
}
