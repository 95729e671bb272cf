package graph_test

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// What is managed in another directory is referred to wherever its id stands, and the data source
// that this reads is there once, and only where it is read.
func TestOutsideThroughDataSources(t *testing.T) {
	t.Parallel()
	state := graph.Address{Data: true, Type: "terraform_remote_state", Name: "shared"}
	ref := func(name string) graph.Ref { return graph.Ref{Target: state, Index: ".outputs.a_ids", Attr: name} }
	body := cty.ObjectVal(map[string]cty.Value{"team": idText(uuid(6))})
	r := object("x_c.three", uuid(3), map[string]cty.Value{
		"a_id": idText(uuid(6)), "any": idText(uuid(7)), "text": text("see " + string(uuid(6)) + "."), "body": text("{}"),
	})
	r.Exprs = []graph.Placed{{Path: cty.GetAttrPath("body"), Expr: graph.Encoded{Value: body}}}
	o := graph.LinkOptions{
		Rules:   rules(map[string][]graph.Rule{"x_c": {{Path: "a_id", To: []string{"x_a"}}}}),
		Outside: map[graph.Target]graph.Ref{{Type: "x_a", ID: uuid(6)}: ref("six"), {Type: "x_a", ID: uuid(7)}: ref("seven")},
		Sources: map[graph.Address]*graph.DataSource{state: {Address: state}},
	}
	g := graph.Link([]*graph.Resource{r}, o)
	six, seven := "data.terraform_remote_state.shared.outputs.a_ids.six", "data.terraform_remote_state.shared.outputs.a_ids.seven"
	equal(t, "code", written(last(g)), map[string]string{"a_id": six, "any": seven, "text": "see ${" + six + "}.", "body": "json team=" + six})
	if len(g.Data) != 1 || g.Data[0].Address != state {
		t.Errorf("data sources %v", g.Data)
	}
	if g := graph.Link([]*graph.Resource{object("x_c.four", uuid(4), map[string]cty.Value{"any": text("none")})}, o); len(g.Data) != 0 {
		t.Errorf("data sources without a reader: %v", g.Data)
	}
}
