package importer

import (
	"maps"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// This file is about what else a root module has: other providers, and other configurations of this one. A
// recording has no answers for them, and this run knows nothing of their objects, so they are left out of its plans.

// configurations are those of a root module, as far as a plan is concerned.
type configurations struct {
	answered []string        // those that manage objects of this organisation
	others   map[string]bool // blocks of all others, and modules that may have some
}

// readConfigurations finds out what of the root module the plan is to be of.
func (r *planned) readConfigurations() {
	s := r.around
	here := r.deselected()
	for _, res := range r.Graph.Resources {
		here[graph.Target{Type: res.Address.Type, ID: res.ID}] = true
	}
	for _, o := range s.aside {
		here[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
	}
	use := func(k graph.Target, name string) {
		if here[k] && (name == roots.Provider || strings.HasPrefix(name, roots.Provider+".")) {
			s.providers.answered = append(s.providers.answered, name)
		}
	}
	for _, h := range s.Held {
		use(graph.Target{Type: h.Address.Type, ID: h.ID}, h.Provider)
	}
	for _, h := range s.Will {
		use(graph.Target{Type: h.Address.Type, ID: h.ID}, s.Configuration(h.String()))
	}
	slices.Sort(s.providers.answered)
	s.providers.answered = slices.Compact(s.providers.answered)
	r.leaveOutOthers()
}

// leaveOutOthers notes what of the code the plan leaves out.
func (r *planned) leaveOutOthers() {
	s := r.around
	code := maps.Clone(s.Providers.Of)
	for a := range s.Hand.Declared {
		if name := a.Block().String(); code[name] == "" && strings.HasPrefix(a.Type, roots.Provider+"_") {
			code[name] = roots.Provider
		}
	}
	ours := map[string]bool{}
	for _, res := range r.Graph.Resources {
		ours[res.Address.Block().String()] = true
	}
	s.providers.others = map[string]bool{}
	for _, module := range s.Providers.Mixed {
		s.providers.others[module] = true
	}
	for address, name := range code {
		if !s.providers.reads(name) && !ours[address] { // which may get another configuration
			s.providers.others[address] = true
		}
	}
	r.Report.Proof.LeftOut = slices.Sorted(maps.Keys(s.providers.others))
}

// reads reports whether a configuration reads the recording.
func (c *configurations) reads(name string) bool { return slices.Contains(c.answered, name) }

// otherTargets lists the addresses that a plan covers in addition to the code of this run, if some code is left out.
func (r *directory) otherTargets(always bool) []string {
	s := r.around
	if len(s.providers.others) == 0 && !always {
		return nil
	}
	var list []string
	for _, h := range s.Held {
		if s.providers.reads(h.Provider) && s.providers.reads(s.Configuration(h.String())) {
			list = append(list, h.String())
		}
	}
	for _, h := range s.Will {
		if s.providers.reads(s.Configuration(h.String())) {
			list = append(list, h.String())
		}
	}
	for a := range s.Hand.Declared {
		if strings.HasPrefix(a.Type, roots.Provider+"_") && s.providers.reads(s.Configuration(a.String())) {
			list = append(list, a.Block().String())
		}
	}
	for _, a := range r.Dir.Addresses() {
		list = append(list, a.Block().String())
	}
	return list
}
