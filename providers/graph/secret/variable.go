package secret

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A namer gives variables readable names that stay when others are added: the type, the label and the path of the
// attribute.
type namer struct {
	owners map[string]graph.Address
}

func (n *namer) start(variables []*graph.Variable) {
	n.owners = make(map[string]graph.Address, len(variables))
	for _, v := range variables {
		n.owners[v.Name] = graph.Address{}
	}
}

// name returns a free name. If two resources would share one, the second gets a hash of its address.
func (n *namer) name(a graph.Address, words []string) string {
	base := strings.Join(append([]string{shortType(a.Type), graph.Word(a.Name)}, words...), "_")
	if owner, taken := n.owners[base]; taken && owner != a {
		base += "_" + hash(a.String())
	}
	name := base
	for i := 2; n.taken(name); i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	n.owners[name] = a
	return name
}

func (n *namer) taken(name string) bool {
	_, taken := n.owners[name]
	return taken
}

// shortType is the type without the prefix that all types share.
func shortType(t string) string {
	_, short, ok := strings.Cut(t, "_")
	if !ok {
		return t
	}
	return strings.TrimPrefix(short, "workflow_task_")
}

func hash(s string) string {
	f := fnv.New32a()
	f.Write([]byte(s))
	return fmt.Sprintf("%08x", f.Sum32())
}

// envelope is the block that every workflow task has, which adds nothing to a name.
const envelope = "task_params"

const longestWord = 40 // of a JSON key in a name

// wordsOf turns a path into words. An element is called by the name in it, and by its number only from the second on.
func wordsOf(v cty.Value, path cty.Path) []string {
	var words []string
	add := func(s string) {
		w := graph.Word(s)
		if w == "" {
			return
		}
		if len(w) > longestWord {
			w = w[:longestWord-9] + "_" + hash(w)
		}
		words = append(words, w)
	}
	named := false
	for _, step := range path {
		switch s := step.(type) {
		case cty.GetAttrStep:
			if s.Name != envelope && (!named || s.Name != "value" && s.Name != "default") {
				add(s.Name)
			}
		case cty.IndexStep:
			if s.Key.Type() == cty.String {
				add(s.Key.AsString())
			}
		}
		next, err := cty.Path{step}.Apply(v)
		if err != nil {
			return words
		}
		v = next
		index, isIndex := step.(cty.IndexStep)
		if !isIndex || index.Key.Type() != cty.Number {
			named = false
			continue
		}
		given, _ := givenName(v)
		named = given != "" && graph.Word(given) != "" && len(Find("", given)) == 0
		if named {
			add(given)
		} else if i, _ := index.Key.AsBigFloat().Int64(); i > 0 {
			add(strconv.FormatInt(i+1, 10))
		}
	}
	return words
}

// follow returns the name of the value at a path, and what is declared about its place.
func follow(v cty.Value, path cty.Path, p *places) (string, *places) {
	name := ""
	for _, step := range path {
		given, _ := givenName(v)
		switch s := step.(type) {
		case cty.GetAttrStep:
			name = s.Name
			if given != "" && (name == "value" || name == "default") {
				name = given
			}
			p = p.child(s.Name)
		case cty.IndexStep:
			if s.Key.Type() == cty.String {
				name = s.Key.AsString()
				p = p.child(name)
			}
		}
		next, err := cty.Path{step}.Apply(v)
		if err != nil {
			return name, p
		}
		v = next
	}
	return name, p
}
