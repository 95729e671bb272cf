package planning

import (
	"fmt"
	"strings"

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

// manyImports is the number of import blocks from which on their cost is worth a sentence.
const manyImports = 3000

// Terraform 1.11 compares every import block with every other one whenever it loads code, twice for init: seconds for each
// pair, as measured by make bench-proof. OpenTofu 1.12 does not.
const (
	initPerPair = 1.0e-6
	planPerPair = 0.65e-6
)

// FirstUse says what the first init and plan of code with import blocks cost with an engine such as "terraform 1.11.4", and
// how to avoid it; nothing where it is not worth mentioning.
func FirstUse(engine string, imports int) string {
	if imports < manyImports || !strings.HasPrefix(engine, "terraform ") {
		return ""
	}
	pairs := float64(imports) * float64(imports)
	return fmt.Sprintf("%s compares %s with each other: expect about %.0f seconds more for your first init, and %.0f for each plan until the apply. "+
		"--import-as state and --split-by team avoid that", engine, report.Plural(imports, "import block"), initPerPair*pairs, planPerPair*pairs)
}
