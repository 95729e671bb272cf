package generator

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// StateType is the type of data sources that read the outputs of another directory's state. They are in their own file,
// in which people set where that state is kept.
const StateType = "terraform_remote_state"

// addOutputs prints what other directories read.
func (r *rendering) addOutputs() error {
	blocks := make([]block, 0, len(r.options.Outputs))
	for _, o := range r.options.Outputs {
		b, err := outputBlock(o)
		if err != nil {
			return err
		}
		blocks = append(blocks, b)
	}
	return r.add(outputsFile, blocks...)
}

func outputBlock(o Output) (block, error) {
	ids := make(map[string]cty.Value, len(o.Of))
	exprs := make([]graph.Placed, 0, len(o.Of))
	for _, a := range o.Of {
		ids[a.Name] = cty.StringVal("")
		exprs = append(exprs, graph.Placed{Path: cty.GetAttrPath(a.Name), Expr: graph.Ref{Target: a, Attr: "id"}})
	}
	value := cty.ObjectVal(ids)
	over, err := overlayOf(value, exprs)
	if err != nil {
		return block{}, err
	}
	b := block{kind: "output", labels: []string{o.Name}}
	if o.Description != "" {
		b.body.args = append(b.body.args, text("description", o.Description))
	}
	b.body.args = append(b.body.args, argument{name: "value", value: value, over: over, spread: true})
	return b, nil
}
