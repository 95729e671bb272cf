package splitter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// A modulePart is one of the root modules that an import makes.
type modulePart struct {
	name  string // of its directory too
	root  *importer.Root
	rank  int            // in the order in which the parts are applied
	proof importer.Proof // as far as it has come

	foreign  []foreign                      // what its resources refer to in other parts, in the order of the graph
	known    map[foreign]bool               // the same
	reads    map[string]bool                // names of the parts whose state it reads
	exported map[graph.Address]bool         // resources whose ids other parts read from its state
	moved    map[graph.Target]string        // objects of an earlier run that are in the named part now
	staying  map[graph.Target]graph.Address // code of an earlier run that this run does not have
	ignored  int                            // resources that its own ignore file leaves out
	backend  *graph.DataSource              // how other parts read its state; nil until the first does
	sources  map[graph.Address]string       // data sources that stand for resources of other parts, and those parts
	gone     bool                           // nothing is left of it
}

func (p *modulePart) linked() importer.Linked { return p.proof.Staged.Linked }

// moduleParts are the parts of a split.
type moduleParts []*modulePart

// named is the part of a name, or nil.
func (l moduleParts) named(name string) *modulePart {
	at := slices.IndexFunc(l, func(p *modulePart) bool { return p.name == name })
	if at < 0 {
		return nil
	}
	return l[at]
}

// roots are the root modules of the parts.
func (l moduleParts) roots() []*importer.Root {
	list := make([]*importer.Root, len(l))
	for i, p := range l {
		list[i] = p.root
	}
	return list
}

// guard makes sure that no value which became a variable in one part is in a file of another.
func (l moduleParts) guard() error {
	var variables []*graph.Variable
	for _, p := range l {
		variables = append(variables, p.linked().Graph.Variables...)
	}
	for _, p := range l {
		if err := importer.Guard(variables, p.proof.Staged.Files); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// foreign is a resource of another part.
type foreign struct {
	in      *modulePart
	address graph.Address
}

// refer notes a reference to another part. It reports whether it is the first one to that resource.
func (p *modulePart) refer(f foreign) bool {
	if p.known[f] {
		return false
	}
	p.foreign, p.known[f] = append(p.foreign, f), true
	return true
}

// read notes that the state of another part is read for an id. It reports whether that part did not
// know of it.
func (p *modulePart) read(f foreign) bool {
	p.reads[f.in.name] = true
	before := f.in.exported[f.address]
	f.in.exported[f.address] = true
	return !before
}

// exports is how other parts refer to a resource by this one's state.
func (p *modulePart) exports(a graph.Address) (graph.Ref, *graph.DataSource) {
	if p.backend == nil {
		p.backend = p.stateSource()
	}
	return graph.Ref{Target: p.backend.Address, Index: ".outputs." + outputName(a.Type), Attr: a.Name}, p.backend
}

// outputName is the output that holds the ids of a type.
func outputName(typ string) string { return selection.Short(typ) + "_ids" }

// stateSourceName is the name of the data source that reads the state of a part.
func stateSourceName(part string) string {
	name := graph.Word(part)
	if name[0] >= '0' && name[0] <= '9' {
		name = "team_" + name
	}
	return name
}

// stateSource reads the state of the part where its code keeps it, or next to its code.
func (p *modulePart) stateSource() *graph.DataSource {
	d := &graph.DataSource{
		Address: graph.Address{Data: true, Type: generator.StateType, Name: stateSourceName(p.name)},
		Note:    "The state of ../" + p.name + ", which has to be applied first. If it is kept elsewhere, change this block.",
	}
	kind, config, err := engines.Backend(p.root.Dir.Path())
	if err != nil || kind == "" || kind == "local" && !config.Type().HasAttribute("path") {
		kind, config = "local", cty.ObjectVal(map[string]cty.Value{"path": cty.StringVal("../" + p.name + "/" + planning.StateName)})
	}
	d.Config = cty.ObjectVal(map[string]cty.Value{"backend": cty.StringVal(kind), "config": config})
	return d
}

// stateOf makes a state of nothing but ids, by output and label.
func stateOf(outputs map[string]map[string]graph.ID) ([]byte, error) {
	values := map[string]cty.Value{}
	for name, ids := range outputs {
		object := map[string]cty.Value{}
		for label, id := range ids {
			object[label] = cty.StringVal(string(id))
		}
		values[name] = cty.ObjectVal(object)
	}
	return tfstate.Outputs(values)
}

// summary is the part in the report.
func (p *modulePart) summary() report.Part {
	resources, facts := p.linked().Graph.Resources, p.proof.Facts
	out := report.Part{
		Name: p.name, Directory: p.root.Name, Resources: len(resources), Reads: slices.Sorted(maps.Keys(p.reads)),
		Proof: facts.State, Plan: facts.Plan, Requests: p.proof.Staged.Requests(),
	}
	for _, res := range resources {
		for _, placed := range res.Exprs {
			for ref := range placed.Refs() {
				if _, across := p.sources[ref.Target]; across {
					out.References++
				}
			}
		}
	}
	return out
}

// partName makes the name of a directory of a text, or of an id where nothing of it can be written.
func partName(text string, id graph.ID) string {
	word := strings.ReplaceAll(graph.Word(text), "_", "-")
	if word == "" {
		word = "team-" + strings.ReplaceAll(graph.Word(string(id)), "_", "-")
	}
	return word
}

// freeName is the name, or the first with a number behind it that nobody has.
func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[free] = true
	return free
}
