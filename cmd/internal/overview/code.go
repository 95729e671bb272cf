package overview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/managed"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/prooffile"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// codeOf is what a directory has of the organisation.
type codeOf struct {
	known  bool // whether there is a directory
	dir    string
	at     map[graph.Target]string // address of an object
	blocks map[string]string       // text, by address without an index
	proofs []proof
	left   map[graph.Target]bool // what an import left out
	parts  int
}

// A proof is what proof.json says, as far as the page shows it.
type proof struct {
	State    string `json:"state"`
	Engine   string `json:"engine"`
	Provider string `json:"provider"`
	Against  string `json:"against"`

	Objects map[string]struct {
		Reported []graph.ID `json:"reported"`
	} `json:"objects"`
}

// readCode reads what a directory manages; nothing where there is no directory.
func readCode(ctx context.Context, w world.World, engine, dir string) (*codeOf, error) {
	c := &codeOf{known: dir != "", dir: dir, at: map[graph.Target]string{}, blocks: map[string]string{}, left: map[graph.Target]bool{}}
	if dir == "" {
		return c, nil
	}
	parts, err := splitter.PartsOf(dir)
	if err != nil {
		return nil, err
	}
	c.parts = len(parts)
	for _, part := range parts {
		if err := c.files(part); err != nil {
			return nil, err
		}
		at, err := managed.Addresses(ctx, w, engine, part)
		if err != nil {
			return nil, err
		}
		maps.Copy(c.at, at)
	}
	return c, nil
}

// files reads the resource blocks and the proof of a root module.
func (c *codeOf) files(dir string) error {
	if err := managed.EachFile(dir, func(_ string, src []byte) {
		items, _ := code.Outline(src) // the engine complains about what cannot be read
		for _, item := range items {
			if item.Kind == "resource" && len(item.Labels) == 2 {
				c.blocks[strings.Join(item.Labels, ".")] = string(src[item.Start:item.End])
			}
		}
	}); err != nil {
		return err
	}
	content, err := disk.Dir(dir).Read(prooffile.Name, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the proof: %w", err)
	}
	var p proof
	if err := json.Unmarshal(content, &p); err != nil {
		return fmt.Errorf("read the proof in %s: %w", dir, err)
	}
	for typ, objects := range p.Objects {
		for _, id := range objects.Reported {
			c.left[graph.Target{Type: typ, ID: id}] = true
		}
	}
	c.proofs = append(c.proofs, p)
	return nil
}

// remembered is the address that the directory has for an object, where it can be one of a block of its own.
func (c *codeOf) remembered(typ string, id graph.ID) graph.Address {
	var a graph.Address
	if a.Set(c.at[graph.Target{Type: typ, ID: id}]) != nil {
		return graph.Address{}
	}
	return a
}

// blockOf is the code of an address.
func (c *codeOf) blockOf(address string) string {
	block, _, _ := strings.Cut(address, "[")
	return c.blocks[block]
}

// proven says whether the code was proven, and by what.
func (c *codeOf) proven() page.Fact {
	if len(c.proofs) == 0 || len(c.proofs) < c.parts {
		return page.Fact{Label: "Proof", Value: "Not proven", Note: "the directory has no " + prooffile.Name, Tone: page.Caution}
	}
	p := c.proofs[0]
	against := map[string]string{"live": "the live API", "recording": "a recording of the API"}[p.Against]
	return page.Fact{Label: "Proof", Value: "Proven", Note: fmt.Sprintf("when imported, by a plan without changes of %s with the provider %s, against %s", p.Engine, p.Provider, against), Tone: page.Good}
}
