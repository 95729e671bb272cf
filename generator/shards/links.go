package shards

import (
	"fmt"
	"slices"
	"strings"
)

// linksFile is where the references are that blocks make which are left out.
const linksFile = "zz_rootly_verify_links.tf"

// Links writes the part of [Cut.Code] whose validation proves as much as that of all of it, given that each shard was
// planned. It has all but import blocks, and of the resources only those that are referred to. The references
// of the others are in locals.
//
// A resource that nothing refers to is planned in its shard with all that it says but for the references to other
// shards, which are values there, and its address is not in two shards. So only those references are left to prove: that
// there is such a resource, and that it has such an attribute, of a type that can be text, as the value is. No cycle
// goes through what nothing refers to.
func (c *Cut) Links() map[string][]byte {
	m, made := c.module, map[reference]string{}
	files := m.written(func(p *piece) bool {
		if p.imports || p.name == "" || p.name != p.home || m.target[p.name] {
			return !p.imports
		}
		for _, r := range p.refs {
			if _, replaced := m.values[r.bare()]; replaced {
				made[r.bare()] = string(p.in.src[r.from:r.to])
			}
		}
		return false
	})
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
