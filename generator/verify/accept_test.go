package verify

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

func named(name string) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)})
}

func TestForgettingMustBeIntended(t *testing.T) {
	t.Parallel()
	result := &plans.Plan{Changes: []plans.Change{{Address: "rootly_team.a", Type: "rootly_team", ID: "1", Action: plans.Forget}}}
	if v := Judge(result, Expect{}); v.Clean {
		t.Error("an object left the state unasked")
	}
	v := Judge(result, Expect{Forget: []Object{{Type: "rootly_team", ID: "1"}}})
	if !v.Clean || v.Forget != 1 {
		t.Errorf("verdict: %+v", v)
	}
	result.Changes[0].Action = plans.Delete
	if v := Judge(result, Expect{Forget: []Object{{Type: "rootly_team", ID: "1"}}}); v.Clean {
		t.Error("an object to forget was destroyed")
	}
}

func TestOutputsOfOtherPeople(t *testing.T) {
	t.Parallel()
	result := &plans.Plan{Outputs: []string{"crew"}}
	if v := Judge(result, Expect{}); v.Clean {
		t.Error("an output changed unasked")
	}
	if v := Judge(result, Expect{Outputs: true}); !v.Clean || len(v.Accepted) != 1 {
		t.Errorf("verdict: %+v", v)
	}
}

func TestEditedCodeMayDiffer(t *testing.T) {
	t.Parallel()
	change := plans.Change{Address: "rootly_team.a", Type: "rootly_team", ID: "1", Import: "1", Action: plans.Update, Before: named("live"), After: named("mine")}
	expect := Expect{Listed: []Object{{Type: "rootly_team", ID: "1", Address: "rootly_team.a"}}}
	if v := Judge(&plans.Plan{Changes: []plans.Change{change}}, expect); v.Clean {
		t.Error("a difference was let through")
	}
	expect.Edited = map[string]bool{"rootly_team.a": true}
	v := Judge(&plans.Plan{Changes: []plans.Change{change}}, expect)
	if !v.Clean || len(v.Accepted) != 1 || v.Imported != 1 || len(v.Missing) != 0 {
		t.Errorf("verdict: %+v", v)
	}
}

func TestChangesThatWerePlannedBefore(t *testing.T) {
	t.Parallel()
	change := plans.Change{Address: "rootly_team.a", Type: "rootly_team", ID: "1", Action: plans.Update, Before: named("live"), After: named("mine")}
	again := change
	again.Before, again.After = named("live"), named("mine")
	if v := Judge(&plans.Plan{Changes: []plans.Change{again}}, Expect{Before: []plans.Change{change}}); !v.Clean || len(v.Accepted) != 1 {
		t.Errorf("verdict: %+v", v)
	}
	other := change
	other.After = named("other")
	if v := Judge(&plans.Plan{Changes: []plans.Change{other}}, Expect{Before: []plans.Change{change}}); v.Clean {
		t.Error("another change at the same address was let through")
	}
	other = change
	other.Action = plans.Replace
	if v := Judge(&plans.Plan{Changes: []plans.Change{other}}, Expect{Before: []plans.Change{change}}); v.Clean {
		t.Error("a replacement was taken for an update")
	}
	create := plans.Change{Address: "rootly_team.new", Type: "rootly_team", Action: plans.Create, Before: cty.NullVal(cty.DynamicPseudoType), After: named("new")}
	if v := Judge(&plans.Plan{Changes: []plans.Change{create}}, Expect{Before: []plans.Change{create}}); !v.Clean {
		t.Errorf("verdict: %+v", v)
	}
}
