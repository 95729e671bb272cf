package shards

import (
	"fmt"
	"slices"
	"strings"
)

// linksFile is where the references are that blocks make which are left out.
const linksFile = "zz_rootly_verify_links.tf"

// shardsAtOnce is how many shards full of resources that are referred to are validated at a time.
const shardsAtOnce = 12

// Links writes parts of [Cut.Code] whose validation proves as much as that of all of it, given that each shard was planned.
// There are none where only all of it shows what is wrong.
//
// A resource that nothing refers to is planned in its shard with all that it says but for the references to other
// shards, which are values there, and its address is not in two shards. So only those references are left to prove: that
// there is such a resource, and that it has such an attribute, of a type that can be text, as the value is. No cycle
// goes through what nothing refers to.
//
// So a part has the resources of some shards that are referred to, and the references of all others to these, in locals.
// A module with few of them is one part, in which the engine finds cycles. Cycles through several parts are found here.
func (c *Cut) Links() []map[string][]byte {
	var parts []map[int]bool
	size := 0
	for _, s := range c.Shards {
		referred := 0
		for _, home := range s.homes {
			if c.module.target[home] {
				referred++
			}
		}
		if size += referred; len(parts) == 0 || size > shardsAtOnce*c.size {
			parts, size = append(parts, map[int]bool{}), referred
		}
		parts[len(parts)-1][s.number] = true
	}
	if len(parts) > 1 && c.module.cyclic() {
		return nil
	}
	var files []map[string][]byte
	for i, part := range parts {
		files = append(files, c.linksTo(part, i == 0))
	}
	return files
}

// linksTo writes the part with some shards, which has every local and data source if it is the first one.
func (c *Cut) linksTo(part map[int]bool, first bool) map[string][]byte {
	m := c.module
	here := func(home string) bool { return part[c.shardOf[home]] }
	var kept []*piece
	made := map[reference]string{}
	for p := range m.pieces() {
		switch resource := p.home != "" && p.name == p.home; {
		case p.imports:
		case p.home == "" && (p.name == "" || first), p.home != "" && here(p.home) && (!resource || m.target[p.name]):
			kept = append(kept, p)
		case resource:
			for _, r := range p.refs {
				if _, replaced := m.values[r.bare()]; replaced && here(m.known[r.name][0].home) {
					made[r.bare()] = string(p.in.src[r.from:r.to])
				}
			}
		}
	}
	files := m.write(m.withNeeds(kept), func(r reference) (string, bool) { return m.replaced(r, here) })
	if text := locals(made); text != "" {
		name := linksFile
		for files[name] != nil {
			name = "z" + name
		}
		files[name] = []byte(text)
	}
	return files
}

// locals makes texts of references. A text is never of the type of a reference alone.
func locals(made map[reference]string) string {
	const each = 100 // so that no local has so many references that the engine takes long for it
	refs := make([]string, 0, len(made))
	for _, text := range made {
		refs = append(refs, text)
	}
	slices.Sort(refs)
	var b strings.Builder
	n := 0
	for some := range slices.Chunk(refs, each) {
		n++
		fmt.Fprintf(&b, "locals {\n  rootly_verify_links_%d = [\n", n)
		for _, text := range some {
			fmt.Fprintf(&b, "    \"-${%s}\",\n", text)
		}
		b.WriteString("  ]\n}\n")
	}
	return b.String()
}

// cyclic reports whether something in the module refers to itself, at once or through others.
func (m *module) cyclic() bool {
	done := map[string]bool{} // false: it is being looked at
	var visit func(name string) bool
	visit = func(name string) bool {
		if ended, begun := done[name]; begun {
			return !ended
		}
		done[name] = false
		for _, p := range m.known[name] {
			for _, r := range p.refs {
				if len(m.known[r.name]) > 0 && visit(r.name) {
					return true
				}
			}
		}
		done[name] = true
		return false
	}
	for name := range m.known {
		if visit(name) {
			return true
		}
	}
	return false
}
