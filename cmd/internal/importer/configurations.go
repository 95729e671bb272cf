package importer

import (
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// This file is about what else a root module has: other providers, and other configurations of this one. A
// recording has no answers for them, so they are left out of a plan against it.

// configurations are those of a root module.
type configurations struct {
	roots.Configurations
	aliases []string        // those that manage objects of this organisation
	others  map[string]bool // blocks of all others, and modules that may have some
}

// readConfigurations finds out what of the root module the plan is to be of.
func (r *planned) readConfigurations() error {
	if !r.o.Proof.Replays() {
		return nil
	}
	s := r.around
	var err error
	if s.providers.Configurations, err = roots.Read(r.Dir.Path()); err != nil {
		return err
	}
	here := r.deselected()
	for _, res := range r.Graph.Resources {
		here[graph.Target{Type: res.Address.Type, ID: res.ID}] = true
	}
	for _, o := range s.aside {
		here[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
	}
	use := func(k graph.Target, name string) {
		if alias, ok := strings.CutPrefix(name, planning.RootlyProvider+"."); ok && here[k] {
			s.providers.aliases = append(s.providers.aliases, alias)
		}
	}
	for _, h := range s.Held {
		use(graph.Target{Type: h.Address.Type, ID: h.ID}, h.Provider)
	}
	for _, h := range s.Will {
		use(graph.Target{Type: h.Address.Type, ID: h.ID}, s.providers.of(h.String()))
	}
	slices.Sort(s.providers.aliases)
	s.providers.aliases = slices.Compact(s.providers.aliases)
	s.providers.others = map[string]bool{}
	for address, name := range s.providers.Of {
		if !s.providers.reads(name) {
			s.providers.others[address] = true
			r.Report.Proof.LeftOut = append(r.Report.Proof.LeftOut, address)
		}
	}
	for _, module := range s.providers.Mixed {
		s.providers.others[module] = true
		r.Report.Proof.LeftOut = append(r.Report.Proof.LeftOut, module)
	}
	slices.Sort(r.Report.Proof.LeftOut)
	return nil
}

// reads reports whether a configuration reads the recording.
func (c *configurations) reads(name string) bool {
	alias, named := strings.CutPrefix(name, planning.RootlyProvider+".")
	return name == planning.RootlyProvider || named && slices.Contains(c.aliases, alias)
}

// of is the configuration of what stands at an address in code.
func (c *configurations) of(address string) string {
	block, _, _ := strings.Cut(address, "[")
	if rest, ok := strings.CutPrefix(block, "module."); ok {
		name, _, _ := strings.Cut(rest, ".")
		block = "module." + name
	}
	if name := c.Of[block]; name != "" {
		return name
	}
	return planning.RootlyProvider
}

// besides lists the addresses of what a plan is of beside the code of this run, where others are left out.
func (r *directory) besides() []string {
	s := r.around
	if len(s.providers.others) == 0 {
		return nil
	}
	var list []string
	for _, h := range s.Held {
		if s.providers.reads(h.Provider) && s.providers.reads(s.providers.of(h.String())) {
			list = append(list, h.String())
		}
	}
	for _, h := range s.Will {
		if s.providers.reads(s.providers.of(h.String())) {
			list = append(list, h.String())
		}
	}
	for a := range s.Hand.Declared {
		if strings.HasPrefix(a.Type, planning.RootlyProvider+"_") && s.providers.reads(s.providers.of(a.String())) {
			list = append(list, a.Block().String())
		}
	}
	for _, a := range r.Dir.Addresses() {
		list = append(list, a.Block().String())
	}
	return list
}
