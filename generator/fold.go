package generator

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// requiredToFold is the first version that reads import blocks with for_each.
const requiredToFold = ">= 1.7.0"

// engine is the oldest version of the engine that can read the code.
func (o Options) engine() string {
	if o.Folded || len(o.Folds) > 0 {
		return requiredToFold
	}
	return requiredTerraform
}

// foldOf finds the fold of a resource.
func (r *rendering) foldOf(res *graph.Resource) *fold.Fold {
	if res.Address.Key == "" {
		return nil
	}
	return r.folds[res.Address.Block()]
}

func foldsByBlock(list []*fold.Fold) map[graph.Address]*fold.Fold {
	folds := make(map[graph.Address]*fold.Fold, len(list))
	for _, f := range list {
		folds[f.Template.Address] = f
	}
	return folds
}

// blocksFor returns the code of a resource: its own block, or, for the first member of a fold, the block of the fold.
func (r *rendering) blocksFor(res *graph.Resource, first bool) ([]block, error) {
	f := r.foldOf(res)
	switch {
	case f == nil:
		b, err := resourceBlock(res, blockSchema(r.schema, res.Address))
		return []block{r.options.configured(b)}, err
	case !first:
		return nil, nil
	}
	return foldBlocks(f, blockSchema(r.schema, res.Address), r.options)
}

// foldBlocks returns the map of a fold, and the block that is repeated for it.
func foldBlocks(f *fold.Fold, s *schema.Block, o Options) ([]block, error) {
	rows := &graph.Resource{Config: f.Entries, Notes: f.Notes}
	over, err := overlayOf(f.Entries, f.Exprs)
	if err != nil {
		return nil, err
	}
	locals := block{kind: "locals"}
	if over, err = layNotes(&locals, rows, over); err != nil {
		return nil, err
	}
	locals.body.args = []argument{{name: f.Local, value: rowsInOrder(f, s, over), over: over, spread: true, rows: true}}

	b, err := resourceBlock(f.Template, s)
	if err != nil {
		return nil, err
	}
	b = o.configured(b)
	each := argument{name: "for_each", value: cty.StringVal(f.Local), over: &overlay{bare: "local." + f.Local}, apart: true}
	b.body.args = append([]argument{each}, b.body.args...)
	return []block{locals, b}, nil
}

// rowsInOrder is the map of a fold, with the elements of its lists in the order that a block would have.
func rowsInOrder(f *fold.Fold, s *schema.Block, over *overlay) cty.Value {
	if s == nil {
		return f.Entries
	}
	rows := f.Entries.AsValueMap()
	for _, placed := range f.Template.Exprs {
		each, is := placed.Expr.(graph.EachRef)
		a := s.Find(attributeNames(placed.Path))
		if !is || a == nil || a.Order == nil {
			continue
		}
		for key, row := range rows {
			columns := row.AsValueMap()
			columns[each.Attr] = inOrder(a, columns[each.Attr], over.at(key).at(each.Attr))
			rows[key] = cty.ObjectVal(columns)
		}
	}
	return cty.ObjectVal(rows)
}

// attributeNames are the names of attributes on a path, as in [schema.Block.Find].
func attributeNames(path cty.Path) string {
	var names []string
	for _, step := range path {
		if attribute, is := step.(cty.GetAttrStep); is {
			names = append(names, attribute.Name)
		}
	}
	return strings.Join(names, ".")
}

// foldImport imports the members of a fold. The block contains their ids, so that nothing is left once it is deleted.
func foldImport(members []*graph.Resource) block {
	ids := make(map[string]cty.Value, len(members))
	for _, m := range members {
		ids[m.Address.Key] = cty.StringVal(string(m.ImportID()))
	}
	return block{kind: importKind, body: body{args: []argument{
		{name: "for_each", value: cty.ObjectVal(ids), spread: true},
		bare("to", members[0].Address.Block().String()+"[each.key]"),
		{name: "id", value: cty.StringVal("each.value"), over: &overlay{expr: graph.EachRef{}}},
	}}}
}

// imports collects the resources that want an import block: each by itself, but the members of a fold together.
func (r *rendering) imports() [][]*graph.Resource {
	var groups [][]*graph.Resource
	at := map[graph.Address]int{}
	for _, res := range r.graph.Resources {
		if !r.options.wantsImport(res) {
			continue
		}
		i, known := at[res.Address.Block()]
		if !known {
			i = len(groups)
			at[res.Address.Block()] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], res)
	}
	return groups
}
