package importer

import (
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

// label returns resources with addresses that no two of some root modules have. With --rename-addresses those whose names
// changed get new ones, unless code by hand depends on the old.
func label(resources []*graph.Resource, rename bool, roots []*Root) []*graph.Resource {
	resources = graph.Sort(resources)
	var memories []memory
	var reserved []graph.Address
	for _, r := range roots {
		memories = append(memories, r.remembered())
		reserved = append(reserved, r.reserved(resources)...)
	}
	remember := func(typ string, id graph.ID) graph.Address {
		for _, recall := range memories {
			if a := recall(typ, id); !a.IsZero() {
				return a
			}
		}
		return graph.Address{}
	}
	if rename {
		remember = forgetStale(resources, remember, reserved, roots)
	}
	return graph.Label(resources, remember, reserved)
}

// A memory returns the address that an object had.
type memory func(resourceType string, id graph.ID) graph.Address

// forgetStale remembers only the labels that still say what an object is called.
func forgetStale(resources []*graph.Resource, remember memory, reserved []graph.Address, roots []*Root) memory {
	resources = graph.Label(resources, nil, reserved)
	fresh := map[graph.Address]bool{}
	for _, res := range resources {
		fresh[res.Address] = true
	}
	stale := map[graph.Target]graph.Address{}
	labels := map[graph.ID]string{}
	for _, res := range resources {
		labels[res.ID] = res.Address.Name
		was := remember(res.Address.Type, res.ID)
		pinned := slices.ContainsFunc(roots, func(r *Root) bool { return r.around.pinned(was) })
		if was.IsZero() || pinned || was.Key == "" && sameLabel(was.Name, res.Address, fresh) {
			continue
		}
		now := graph.Address{}
		if was.Key != "" { // it stays in its fold
			now = was
			now.Key = fold.Key(res.Address.Name, labels[res.Parent])
			if unnumbered(was.Key) == unnumbered(now.Key) {
				continue
			}
		}
		stale[res.Target()] = now
	}
	return func(typ string, id graph.ID) graph.Address {
		if now, ok := stale[graph.Target{Type: typ, ID: id}]; ok {
			return now
		}
		return remember(typ, id)
	}
}

// pinned reports whether code by hand depends on an address.
func (s *surroundings) pinned(a graph.Address) bool {
	_, declared := s.Hand.Declared[a]
	_, mentioned := s.Hand.Mentioned[a.Block()]
	return declared || mentioned
}

// sameLabel reports whether two labels differ at most in the number that keeps objects of one name
// apart.
func sameLabel(was string, now graph.Address, fresh map[graph.Address]bool) bool {
	if was == now.Name {
		return true
	}
	stem := unnumbered(now.Name)
	return unnumbered(was) == stem && fresh[graph.Address{Type: now.Type, Name: stem}]
}

func unnumbered(label string) string {
	at := strings.LastIndexByte(label, '_')
	if at < 0 || strings.Trim(label[at+1:], "0123456789") != "" {
		return label
	}
	return label[:at]
}

// remembered gives objects the addresses that earlier runs gave them.
func (r *Root) remembered() memory {
	known := r.Dir.Addresses()
	var held map[graph.Target]graph.Address
	if r.state != nil {
		held = r.state.Names()
	}
	return func(resourceType string, id graph.ID) graph.Address {
		k := graph.Target{Type: resourceType, ID: id}
		if a := held[k]; !a.IsZero() {
			return a
		}
		if a := known[k]; !a.IsZero() {
			return a
		}
		return r.around.HeldName(k)
	}
}

// reserved lists the addresses of objects that this run does not have and whose code may stay, and those that code by
// hand or the state has for something else.
func (r *Root) reserved(resources []*graph.Resource) []graph.Address {
	s, known := r.around, r.Dir.Addresses()
	here := targets(resources)
	ours := map[graph.Address]bool{}
	var list []graph.Address
	for key, a := range known {
		ours[a] = true
		if !here[key] {
			list = append(list, a)
		}
	}
	for a, file := range s.Hand.Declared {
		if !ours[a] || !s.Hand.Files[file] {
			list = append(list, a)
		}
	}
	for _, h := range s.Held {
		if h.Module == "" && !here[graph.Target{Type: h.Address.Type, ID: h.ID}] {
			list = append(list, h.Address)
		}
	}
	return list
}

// withoutIgnored takes out of the resources what the ignore file names, with everything below it.
func withoutIgnored(file ignore.File, resources []*graph.Resource) (kept []*graph.Resource, ignored []graph.Target) {
	if len(file) == 0 {
		return resources, nil
	}
	gone := map[graph.ID]bool{}
	for _, res := range resources {
		if !gone[res.Parent] && !file.Covers(res) {
			kept = append(kept, res)
			continue
		}
		gone[res.ID] = true
		ignored = append(ignored, res.Target())
	}
	return kept, ignored
}

// heldAddresses are the addresses in the state, but for modules and what is counted.
func (s *surroundings) heldAddresses() (of map[graph.Target]graph.Address, held map[graph.Address]bool) {
	of, held = map[graph.Target]graph.Address{}, map[graph.Address]bool{}
	for _, h := range s.Held {
		if a, own := h.Instance(); own {
			of[graph.Target{Type: h.Address.Type, ID: h.ID}] = a
			held[a], held[a.Block()] = true, true
		}
	}
	return of, held
}

// targets are the objects in a list.
func targets[T interface{ Target() graph.Target }](list []T) map[graph.Target]bool {
	set := make(map[graph.Target]bool, len(list))
	for _, o := range list {
		set[o.Target()] = true
	}
	return set
}
