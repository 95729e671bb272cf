package planning

import (
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// RequestsToRead is how many requests the provider makes for an object of a type.
func RequestsToRead(typ string) int {
	if t := catalogue.Lookup(typ); t != nil && t.IsTask() {
		return 2
	}
	return 1
}

// PlanCost says what a plan against the API costs, given how many requests a minute the API allows, as
// far as it says, which the proxy between the provider and the API keeps to.
func PlanCost(requests, limit int) string {
	cost := "the plan makes about " + report.Plural(requests, "request") + " to the API"
	if limit > 0 {
		minutes := report.Plural((requests+limit-1)/limit, "minute")
		cost += ", " + minutes + " at its limit of " + report.Plural(limit, "request") + " a minute"
	}
	return cost
}
