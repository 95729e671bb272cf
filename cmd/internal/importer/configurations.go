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

// configurations finds out what of the root module the plan is to be of.
func (s Staged) configurations() configurations {
	around := s.root().around
	c := configurations{answered: []string{around.Ours}}
	here := s.Linked.Share.deselected()
	maps.Copy(here, targets(s.Linked.Graph.Resources))
	maps.Copy(here, targets(s.Linked.Share.elsewhere.objects))
	use := func(k graph.Target, name string) {
		if here[k] && (name == roots.Provider || strings.HasPrefix(name, roots.Provider+".")) {
			c.answered = append(c.answered, name)
		}
	}
	for _, h := range around.Held {
		use(graph.Target{Type: h.Address.Type, ID: h.ID}, h.Provider)
	}
	for _, h := range around.Will {
		use(graph.Target{Type: h.Address.Type, ID: h.ID}, around.Configuration(h.String()))
	}
	slices.Sort(c.answered)
	c.answered = slices.Compact(c.answered)
	c.others = s.leftOut(c)
	return c
}

// leftOut is what of the code a plan leaves out that is answered for some configurations.
func (s Staged) leftOut(c configurations) map[string]bool {
	around := s.root().around
	code := maps.Clone(around.Providers.Of)
	if code == nil {
		code = map[string]string{}
	}
	for a := range around.Hand.Declared {
		if name := a.Block().String(); code[name] == "" && strings.HasPrefix(a.Type, roots.Provider+"_") {
			code[name] = roots.Provider
		}
	}
	ours := map[string]bool{}
	for _, res := range s.Linked.Graph.Resources {
		ours[res.Address.Block().String()] = true
	}
	others := map[string]bool{}
	for _, module := range around.Providers.Mixed {
		others[module] = true
	}
	for address, name := range code {
		if !c.reads(name) && !ours[address] { // which may get another configuration
			others[address] = true
		}
	}
	return others
}

// reads reports whether a configuration reads the recording.
func (c configurations) reads(name string) bool { return slices.Contains(c.answered, name) }

// otherTargets lists the addresses that a plan covers in addition to the code of this run, if some code is left out.
func (c configurations) otherTargets(r *Root, always bool) []string {
	if len(c.others) == 0 && !always {
		return nil
	}
	s := r.around
	var list []string
	for _, h := range s.Held {
		if c.reads(h.Provider) && c.reads(s.Configuration(h.String())) {
			list = append(list, h.String())
		}
	}
	for _, h := range s.Will {
		if c.reads(s.Configuration(h.String())) {
			list = append(list, h.String())
		}
	}
	for a := range s.Hand.Declared {
		if strings.HasPrefix(a.Type, roots.Provider+"_") && c.reads(s.Configuration(a.String())) {
			list = append(list, a.Block().String())
		}
	}
	for _, a := range r.Dir.Addresses() {
		list = append(list, a.Block().String())
	}
	return list
}
