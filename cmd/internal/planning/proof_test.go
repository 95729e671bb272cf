package planning

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
)

// Whatever a verdict has against a plan is in the report, with an action that says what it is.
func TestNote(t *testing.T) {
	t.Parallel()
	object := verify.Object{Type: "rootly_team", ID: "1", Address: "rootly_team.a"}
	change := plans.Change{Address: "rootly_team.b", Action: plans.Create}
	for name, c := range map[string]struct {
		verdict verify.Verdict
		earlier []report.Difference
		state   string
		want    []report.Difference
	}{
		"clean":             {verdict: verify.Verdict{Clean: true}, state: report.ProofClean},
		"a sample differed": {verify.Verdict{Clean: true}, []report.Difference{{Action: "disagrees"}}, report.ProofDiffers, []report.Difference{{Action: "disagrees"}}},
		"missing":           {verify.Verdict{Missing: []verify.Object{object}}, nil, report.ProofDiffers, []report.Difference{{Address: "rootly_team.a", Action: "missing", Message: "not in the plan"}}},
		"unexpected":        {verify.Verdict{Unexpected: []plans.Change{change}}, nil, report.ProofDiffers, []report.Difference{{Address: "rootly_team.b", Action: "create", Message: "in the plan, but not in the import"}}},
		"one object twice": {
			verify.Verdict{Unexpected: []plans.Change{change}, Twice: map[string]string{"rootly_team.b": "rootly_team.a"}}, nil, report.ProofDiffers,
			[]report.Difference{{Address: "rootly_team.b", Action: "create", Message: "the same object as rootly_team.a: one object must not have two addresses"}},
		},
		"incomplete": {verify.Verdict{Incomplete: "a part only"}, nil, report.ProofDiffers, []report.Difference{{Action: "incomplete", Message: "a part only"}}},
	} {
		p := report.Proof{Differences: c.earlier}
		Note(&p, NewVeil(), &engines.Result{Provider: engines.Provider{StandIn: "a stand-in"}}, c.verdict)
		if diff := cmp.Diff(c.want, p.Differences); diff != "" || p.State != c.state || !p.StandIn {
			t.Errorf("%s: %s %s", name, p.State, diff)
		}
	}
}
