package managed

import (
	"context"
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// A Module is the state of a root module, and what people wrote in its directory.
type Module struct {
	Hand  state.Handwritten
	Held  []tfstate.Held // in the state
	Will  []tfstate.Held // what it will manage, by its import blocks and the engine's plan
	Known bool           // whether the state could be read

	Providers roots.Configurations // what its code has
	Ours      string               // the configuration of the organisation among them

	pulled  []byte                // the state, if it is not next to the code
	private planning.PrivateState // the same, for plans
}

// ReadState reads the state, through the engine where a backend keeps it.
func (m *Module) ReadState(ctx context.Context, w world.World, engine, dir string) error {
	content, elsewhere, err := planning.ReadState(ctx, w, engine, dir)
	if err != nil {
		return err
	}
	m.Known = true
	if len(content) == 0 {
		return nil
	}
	if m.Held, err = tfstate.Objects(content); err != nil {
		m.Known = false
		return fmt.Errorf("state of %s: %w", dir, err)
	}
	if elsewhere {
		m.pulled = content
	}
	return nil
}

// PulledFile is the path of the pulled state for the proof, or nothing.
func (m *Module) PulledFile() (string, error) {
	if len(m.pulled) == 0 {
		return "", nil
	}
	return m.private.Write(m.pulled)
}

// Close removes what the proof needed.
func (m *Module) Close() { m.private.Close() }

// HeldAt returns the addresses that the state has for an object.
func (m *Module) HeldAt() map[graph.Target][]tfstate.Held {
	out := map[graph.Target][]tfstate.Held{}
	for _, h := range m.Held {
		k := graph.Target{Type: h.Address.Type, ID: h.ID}
		out[k] = append(out[k], h)
	}
	return out
}

// HeldName is the address that the state has for an object that no code declares.
func (m *Module) HeldName(k graph.Target) graph.Address {
	for _, h := range m.Held {
		if h.Plain() && h.Address.Type == k.Type && h.ID == k.ID {
			return h.Address
		}
	}
	return graph.Address{}
}

// Places are all present and future addresses of an object in the directory. Those that the engine plans come first,
// since it follows moved blocks.
func (m *Module) Places() map[graph.Target][]tfstate.Held {
	out := map[graph.Target][]tfstate.Held{}
	for _, list := range [][]tfstate.Held{m.Will, m.Held} {
		for _, h := range list {
			k := graph.Target{Type: h.Address.Type, ID: h.ID}
			out[k] = append(out[k], h)
		}
	}
	return out
}

// Leaves reports whether a removed block by hand takes an address away.
func (m *Module) Leaves(h tfstate.Held) bool {
	at := h.String()
	for _, from := range m.Hand.Leaves {
		rest, below := strings.CutPrefix(at, from)
		if below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// ByHand reports whether people have code of their own in the directory.
func (m *Module) ByHand() bool {
	for name, ours := range m.Hand.Files {
		if !ours && strings.Contains(name, ".t") && !strings.Contains(name, ".tfvars") {
			return true
		}
	}
	return false
}
