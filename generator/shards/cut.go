package shards

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Value is what an attribute of a resource resolves to. It is primitive and known, or there is none.
type Value func(a graph.Address, attr string) (cty.Value, bool)

// A Cutter cuts one module as often as it changes. A resource stays in the shard that it was put into first, so that
// only those shards change whose code did. It is for one goroutine.
type Cutter struct {
	size  int
	at    map[string]int     // shard by resource
	sizes []int              // how many resources each shard has got
	files map[string]*source // as they were last cut, by name
}

// NewCutter returns a cutter that makes shards of about size resources.
func NewCutter(size int) *Cutter {
	return &Cutter{size: size, at: map[string]int{}, files: map[string]*source{}}
}

// A Cut is a module in parts, until it is cut again.
type Cut struct {
	Shards  []Shard // none of them empty
	module  *module
	shardOf map[string]int // by resource
	size    int            // about how many resources a shard has
}

// Cut cuts the .tf files of a module and its state, which may be empty. The error is a [WholeError] where the module
// cannot be cut, or says what is wrong with the state.
func (c *Cutter) Cut(files map[string][]byte, state []byte, value Value) (*Cut, error) {
	m := &module{known: map[string][]*piece{}, at: map[string][]*piece{}, group: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		s := c.files[name]
		if s == nil || !bytes.Equal(s.src, files[name]) {
			var err error
			if s, err = read(name, files[name]); err != nil {
				return nil, err
			}
			c.files[name] = s
		}
		m.sources = append(m.sources, s)
	}
	entries, err := readState(state)
	if err != nil {
		return nil, err
	}
	m.resolve(value)
	for _, e := range entries.resources {
		if e.managed() {
			m.join(e.name(), e.name())
		}
	}
	c.assign(m)
	return c.shards(m, entries), nil
}

// A module is all files, and which resources stay together.
type module struct {
	sources []*source
	known   map[string][]*piece // what declares something, by name
	at      map[string][]*piece // what goes with a resource, by name
	common  []*piece            // what every shard has
	order   []string            // resources as they are first met
	group   map[string]string   // resource to another one of its group, up to the first of the group
	values  map[reference]string
	target  map[string]bool // what something refers to
}

// resolve finds what references resolve to. Resources stay together where a reference between them cannot be replaced.
func (m *module) resolve(value Value) {
	for _, s := range m.sources {
		for i := range s.pieces {
			p := &s.pieces[i]
			if p.name != "" {
				m.known[p.name] = append(m.known[p.name], p)
			}
			switch {
			case p.home != "":
				m.at[p.home] = append(m.at[p.home], p)
			case p.name == "":
				m.common = append(m.common, p)
			}
		}
	}
	m.values, m.target = map[reference]string{}, map[string]bool{}
	for _, s := range m.sources {
		for _, p := range s.pieces {
			for _, r := range p.refs {
				m.target[r.name] = true
			}
			for _, name := range p.binds {
				m.join(p.home, name)
			}
			if p.home != "" {
				m.join(p.home, p.home)
				m.bind(p.home, p.refs, value, map[string]bool{})
			}
		}
	}
}

// bind follows the references of what a resource needs, through locals and data sources.
func (m *module) bind(home string, refs []reference, value Value, seen map[string]bool) {
	for _, r := range refs {
		for _, p := range m.known[r.name] {
			if p.home == "" {
				if !seen[r.name] {
					seen[r.name] = true
					m.bind(home, p.refs, value, seen)
				}
				continue
			}
			if _, done := m.values[r.bare()]; done {
				continue
			}
			text, ok := literal(r, value)
			if !ok {
				m.join(home, p.home)
				continue
			}
			m.values[r.bare()] = text
		}
	}
}

// bare is a reference wherever it stands.
func (r reference) bare() reference {
	r.span = span{}
	return r
}

// first is the resource that stands for a group.
func (m *module) first(name string) string {
	for m.group[name] != name {
		m.group[name] = m.group[m.group[name]]
		name = m.group[name]
	}
	return name
}

func (m *module) join(a, b string) {
	for _, name := range []string{a, b} {
		if _, known := m.group[name]; !known {
			m.group[name] = name
			m.order = append(m.order, name)
		}
	}
	m.group[m.first(b)] = m.first(a)
}

// assign puts every resource into a shard. Those of earlier cuts stay where they are, with all of their group.
func (c *Cutter) assign(m *module) {
	groups, home := map[string][]string{}, map[string]int{}
	var order []string
	fresh := 0
	for _, name := range m.order {
		g := m.first(name)
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], name)
		if at, known := c.at[name]; known {
			home[g] = at
		} else {
			fresh++
		}
	}
	wanted := max(1, (fresh+c.size-1)/c.size)
	if len(c.sizes) == 0 {
		c.sizes = make([]int, wanted)
	}
	each := (fresh + len(c.sizes) - 1) / len(c.sizes)
	next := 0
	for _, g := range order {
		at, known := home[g]
		if !known {
			for next < len(c.sizes)-1 && c.sizes[next] >= each {
				next++
			}
			at = next
		}
		for _, name := range groups[g] {
			if _, known := c.at[name]; !known {
				c.sizes[at]++
			}
			c.at[name] = at
		}
	}
}

func compareFrom(a, b reference) int { return cmp.Compare(a.from, b.from) }
