package splitter

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/part"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// A modulePart is one of the root modules that an import makes, with its run.
type modulePart struct {
	*importer.Run

	name  string // of its directory too
	split *split
	rank  int // in the order in which the parts are applied

	resources []*graph.Resource
	foreign   []foreign                      // what its resources refer to in other parts, in the order of the graph
	known     map[foreign]bool               // the same
	reads     map[string]bool                // names of the parts whose state it reads
	exported  map[graph.Address]bool         // resources whose ids other parts read from its state
	moved     map[graph.Target]string        // objects of an earlier run that are in the named part now
	staying   map[graph.Target]graph.Address // code of an earlier run that this run does not have
	ignored   int                            // resources that its own ignore file leaves out
	backend   *graph.DataSource              // how other parts read its state; nil until the first does
	sources   map[graph.Address]string       // data sources that stand for resources of other parts, and those parts
	gone      bool                           // nothing is left of it
}

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

// runs are those of the parts.
func (l moduleParts) runs() []*importer.Run {
	list := make([]*importer.Run, len(l))
	for i, p := range l {
		list[i] = p.Run
	}
	return list
}

// planned are the parts that there is a plan of.
func (l moduleParts) planned() moduleParts {
	return slices.DeleteFunc(slices.Clone(l), func(p *modulePart) bool { return p.Unplanned() || p.gone })
}

// guard makes sure that no value which became a variable in one part is in a file of another.
func (l moduleParts) guard() error {
	var variables []*graph.Variable
	for _, p := range l {
		variables = append(variables, p.Graph.Variables...)
	}
	for _, p := range l {
		if err := importer.Guard(variables, p.Files); err != nil {
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

// refer notes a reference to another part.
func (p *modulePart) refer(to *modulePart, address graph.Address) {
	f := foreign{in: to, address: address}
	if p.known[f] {
		return
	}
	p.foreign, p.known[f] = append(p.foreign, f), true
	if !p.looksUp(f) {
		p.read(f)
	}
}

// read notes that the state of another part is read for an id. It reports whether that part did not
// know of it.
func (p *modulePart) read(f foreign) bool {
	p.reads[f.in.name] = true
	before := f.in.exported[f.address]
	f.in.exported[f.address] = true
	return !before
}

// looksUp decides how a resource of another part is referred to: by a data source of its own, or by
// the state of that part.
func (p *modulePart) looksUp(f foreign) bool {
	if f.in.rank > p.rank {
		return true // its state may be read by nobody who comes before it
	}
	return p.split.o.Across == AcrossData && p.split.found[p.split.target(f.address)] != nil
}

// References are how the part refers to resources of the others.
func (p *modulePart) References() (map[graph.Target]graph.Ref, map[graph.Address]*graph.DataSource) {
	refs, sources := map[graph.Target]graph.Ref{}, map[graph.Address]*graph.DataSource{}
	p.sources = map[graph.Address]string{}
	for _, q := range p.split.parts[:p.rank] {
		for key, a := range q.staying {
			ref, source := q.exports(a)
			refs[key], sources[source.Address] = ref, source
			p.sources[source.Address] = q.name
		}
	}
	for _, f := range p.foreign {
		target := p.split.target(f.address)
		if target.ID == "" {
			continue // taken out of the code since
		}
		ref, source := f.in.exports(f.address)
		if p.looksUp(f) {
			d := *p.split.found[target]
			d.Note = "Managed in ../" + f.in.name + "."
			if f.in.rank > p.rank {
				d.Note = "Managed in ../" + f.in.name + ", which is applied after this part, so its state cannot be read here."
			}
			ref, source = graph.Ref{Target: d.Address, Attr: "id"}, &d
		}
		refs[target], sources[source.Address] = ref, source
		p.sources[source.Address] = f.in.name
	}
	return refs, sources
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
	kind, config, err := engines.Backend(p.Dir.Path())
	if err != nil || kind == "" || kind == "local" && !config.Type().HasAttribute("path") {
		kind, config = "local", cty.ObjectVal(map[string]cty.Value{"path": cty.StringVal("../" + p.name + "/" + planning.StateName)})
	}
	d.Config = cty.ObjectVal(map[string]cty.Value{"backend": cty.StringVal(kind), "config": config})
	return d
}

// Outputs are what other parts read of this one's state.
func (p *modulePart) Outputs() []generator.Output {
	byType := map[string][]graph.Address{}
	for a := range p.exported {
		if p.id(a) != "" {
			byType[a.Type] = append(byType[a.Type], a)
		}
	}
	var list []generator.Output
	for _, typ := range slices.Sorted(maps.Keys(byType)) {
		of := byType[typ]
		sort.Slice(of, func(i, j int) bool { return of[i].Name < of[j].Name })
		list = append(list, generator.Output{Name: outputName(typ), Description: "Ids of " + typ + " by label, for other parts.", Of: of})
	}
	return list
}

// Sources are the data sources that read the states of other parts.
func (p *modulePart) Sources() []*graph.DataSource {
	var list []*graph.DataSource
	for _, name := range slices.Sorted(maps.Keys(p.reads)) {
		_, source := p.split.parts.named(name).exports(graph.Address{})
		list = append(list, source)
	}
	return list
}

// Moved are the objects of an earlier run that are in another part now.
func (p *modulePart) Moved() map[graph.Target]string { return p.moved }

// id is the id of a resource in the code of the part, whether of this run or of an earlier one; empty
// where there is none.
func (p *modulePart) id(a graph.Address) graph.ID {
	if res := p.split.at[a]; res != nil && p.split.division.Of[a] == p.name {
		return res.ID
	}
	if p.Changes != nil {
		for _, c := range p.Changes.Carried {
			if c.Address == a {
				return c.ID
			}
		}
	}
	return ""
}

// States are the states that the proof of this part reads: those of the parts before it, as they
// will be when these were applied.
func (p *modulePart) States() (map[string][]byte, error) {
	states := map[string][]byte{}
	for name := range p.reads {
		q := p.split.parts.named(name)
		ids := map[string]map[string]graph.ID{}
		for _, o := range q.Outputs() {
			ids[o.Name] = map[string]graph.ID{}
			for _, a := range o.Of {
				ids[o.Name][a.Name] = q.id(a)
			}
		}
		content, err := stateOf(ids)
		if err != nil {
			return nil, err
		}
		states[stateSourceName(name)] = content
	}
	return states, nil
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
	out := report.Part{
		Name: p.name, Directory: p.Report.Directory, Resources: len(p.Graph.Resources), Reads: slices.Sorted(maps.Keys(p.reads)),
		Proof: p.Report.Proof.State, Plan: p.Report.Proof.Plan, Requests: p.Requests(nil),
	}
	for _, res := range p.Graph.Resources {
		for _, placed := range res.Exprs {
			part.Refs(placed.Expr, func(ref graph.Ref) {
				if _, across := p.sources[ref.Target]; across {
					out.References++
				}
			})
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
