package shards

import "iter"

// A Shard is a root module.
type Shard struct {
	number int
	homes  []string // its resources
	cut    *Cut
	state  stateFile // with the entries of this shard
}

// shards divides what was assigned.
func (c *Cutter) shards(m *module, entries stateFile) *Cut {
	all := make([]Shard, len(c.sizes))
	for _, name := range m.order {
		s := &all[c.at[name]]
		s.homes = append(s.homes, name)
	}
	for _, e := range entries.resources {
		if e.managed() {
			s := &all[c.at[e.name()]]
			s.state.resources = append(s.state.resources, e)
		}
	}
	cut := &Cut{module: m, shardOf: c.at, size: c.size}
	for i, s := range all {
		if len(s.homes) > 0 {
			s.number, s.cut, s.state.top = i, cut, entries.top
			cut.Shards = append(cut.Shards, s)
		}
	}
	return cut
}

// Files writes the code of a shard.
func (s Shard) Files() map[string][]byte {
	m := s.cut.module
	var own []*piece
	for _, home := range s.homes {
		own = append(own, m.at[home]...)
	}
	here := func(home string) bool { return s.cut.shardOf[home] == s.number }
	return m.write(m.withNeeds(own), func(r reference) (string, bool) { return m.replaced(r, here) })
}

// State writes the state of a shard, or nothing where there is none.
func (s Shard) State() ([]byte, error) {
	out, here := s.cut.shardOf[outputs]
	return s.state.write(here && out == s.number)
}

// Code writes all of the code but import blocks, for a check of what refers to what.
func (c *Cut) Code() map[string][]byte {
	var list []*piece
	for p := range c.module.pieces() {
		if !p.imports {
			list = append(list, p)
		}
	}
	return c.module.write(list, func(reference) (string, bool) { return "", false })
}

// pieces are all pieces of the module.
func (m *module) pieces() iter.Seq[*piece] {
	return func(yield func(*piece) bool) {
		for _, s := range m.sources {
			for i := range s.pieces {
				if !yield(&s.pieces[i]) {
					return
				}
			}
		}
	}
}

// withNeeds adds to some pieces what they read, and what all shards have.
func (m *module) withNeeds(pieces []*piece) []*piece {
	var list []*piece
	seen := map[*piece]bool{}
	var need func(p *piece)
	need = func(p *piece) {
		if seen[p] {
			return
		}
		seen[p] = true
		list = append(list, p)
		for _, r := range p.refs {
			for _, to := range m.known[r.name] {
				if to.home == "" {
					need(to)
				}
			}
		}
	}
	for _, p := range m.common {
		need(p)
	}
	for _, p := range pieces {
		need(p)
	}
	return list
}

// replaced is the text in the place of a reference to a resource that is not here.
func (m *module) replaced(r reference, here func(home string) bool) (string, bool) {
	pieces := m.known[r.name]
	if len(pieces) == 0 || pieces[0].home == "" || here(pieces[0].home) {
		return "", false
	}
	text, ok := m.values[r.bare()]
	return text, ok
}
