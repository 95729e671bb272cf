package planning

import (
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// Note writes what the plan said into the report.
func Note(p *report.Proof, veil *secret.Veil, result *engines.Result, v verify.Verdict) {
	p.State = report.ProofClean
	if !v.Clean || len(p.Differences) > 0 {
		p.State = report.ProofDiffers
	}
	p.Plan, p.Engine, p.Provider = v.Summary(), result.Engine.String(), result.Provider.String()
	p.StandIn = result.Provider.StandIn != ""
	p.Imported, p.Managed, p.Reported, p.Seconds = v.Imported, v.Managed, v.Reported, result.Duration.Seconds()
	for _, d := range v.Differences {
		p.Differences = append(p.Differences, report.Difference{
			Address: d.Address, Action: string(d.Action), Path: veil.Path(d.Attribute()), Before: d.Before, After: d.After,
		})
	}
	for _, d := range v.Errors {
		p.Differences = append(p.Differences, report.Difference{Address: d.Address, Action: "error", Message: d.String()})
	}
	for _, m := range v.Missing {
		p.Differences = append(p.Differences, report.Difference{Address: m.Address, Action: "missing", Message: "not in the plan"})
	}
	for _, c := range v.Unexpected {
		message := "in the plan, but not in the import"
		if other := v.Twice[c.Address]; other != "" {
			message = "the same object as " + other + ": one object must not have two addresses"
		}
		p.Differences = append(p.Differences, report.Difference{Address: c.Address, Action: string(c.Action), Message: message})
	}
	p.Checks = result.Checks
	if v.Incomplete != "" {
		p.Differences = append(p.Differences, report.Difference{Action: "incomplete", Message: v.Incomplete})
	}
}
