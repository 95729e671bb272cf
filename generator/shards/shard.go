package shards

// A Shard is a root module.
type Shard struct {
	number  int
	homes   []string // its resources
	module  *module
	shardOf map[string]int
	state   stateFile // with the entries of this shard
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
	cut := &Cut{module: m}
	for i, s := range all {
		if len(s.homes) > 0 {
			s.number, s.module, s.shardOf, s.state.top = i, m, c.at, entries.top
			cut.Shards = append(cut.Shards, s)
		}
	}
	return cut
}

// Files writes the code of a shard.
func (s Shard) Files() map[string][]byte {
	return s.module.write(s.module.needed(s.homes), s.replaced)
}

// State writes the state of a shard, or nothing where there is none.
func (s Shard) State() ([]byte, error) {
	out, here := s.shardOf[outputs]
	return s.state.write(here && out == s.number)
}

// Code writes all of the code but import blocks, for a check of what refers to what.
func (c *Cut) Code() map[string][]byte {
	return c.module.written(func(p *piece) bool { return !p.imports })
}

// needed are the pieces of a shard: those of its resources, what they read, and what all shards have.
func (m *module) needed(homes []string) []*piece {
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
	for _, home := range homes {
		for _, p := range m.at[home] {
			need(p)
		}
	}
	return list
}

// replaced is the text in the place of a reference to a resource of another shard.
func (s Shard) replaced(r reference) (string, bool) {
	pieces := s.module.known[r.name]
	if len(pieces) == 0 || pieces[0].home == "" || s.shardOf[pieces[0].home] == s.number {
		return "", false
	}
	text, ok := s.module.values[r.bare()]
	return text, ok
}
