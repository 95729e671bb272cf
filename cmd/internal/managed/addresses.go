package managed

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/imports"
)

// Addresses maps the live objects of a root module to their addresses: by import blocks, by the manifest of earlier
// runs, and by the state, which takes precedence. It makes no plan.
func Addresses(ctx context.Context, w world.World, engine, dir string) (map[graph.Target]string, error) {
	module := &Module{}
	defer module.Close()
	if err := module.ReadState(ctx, w, engine, dir); err != nil {
		return nil, err
	}
	blocks, err := imports.Read(dir, w.Environ())
	if err != nil {
		return nil, err
	}
	at := map[graph.Target]string{}
	for _, b := range blocks {
		for _, o := range b.Objects {
			at[graph.Target{Type: b.Type, ID: graph.ID(planning.PlainID(o.ID))}] = o.To
		}
	}
	d, err := state.Open(dir, state.Options{Version: world.Version(), Adopt: true, LookOnly: true})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for target, address := range d.Addresses() {
		at[target] = address.String()
	}
	for target, held := range module.HeldAt() {
		at[target] = held[0].String()
	}
	return at, nil
}
