package verify

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// A change of nothing but sensitivity is accepted where it is expected, and nothing beside it.
func TestJudgeMarks(t *testing.T) {
	t.Parallel()
	value := func(s string) cty.Value { return cty.ObjectVal(map[string]cty.Value{"url": cty.StringVal(s)}) }
	for _, c := range []struct {
		name          string
		marks         bool
		action        plans.Action
		before, after cty.Value
		clean         bool
	}{
		{"mark alone", true, plans.Update, value("a"), value("a"), true},
		{"not expected", false, plans.Update, value("a"), value("a"), false},
		{"a value too", true, plans.Update, value("a"), value("b"), false},
		{"replaced", true, plans.Replace, value("a"), value("a"), false},
		{"values unset", true, plans.Update, cty.NilVal, cty.NilVal, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			change := plans.Change{
				Address: "rootly_webhooks_endpoint.hook", Type: "rootly_webhooks_endpoint", Action: c.action, Import: "w1", ID: "w1",
				Before: c.before, After: c.after,
			}
			v := Judge(&plans.Plan{Changes: []plans.Change{change}}, Expect{
				Listed: []Object{{Type: change.Type, ID: "w1", Address: change.Address}}, Marks: c.marks,
			})
			if v.Clean != c.clean || c.clean && v.Imported != 1 {
				t.Errorf("clean %v, imported %d, differences %v", v.Clean, v.Imported, v.Differences)
			}
		})
	}
}
