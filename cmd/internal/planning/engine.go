package planning

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
)

// FindEngine finds the engine that a user asks for: terraform, tofu or the path of one of them, or the first on the
// search path where the wish is empty. It will run in a directory, which may choose its version.
func FindEngine(ctx context.Context, w world.World, wish, dir string) (engines.Engine, error) {
	return engines.Find(ctx, engines.Options{Engine: wish, SearchPath: w.Getenv("PATH"), Environ: w.Environ(), Guard: w.Guard, Dir: dir})
}
