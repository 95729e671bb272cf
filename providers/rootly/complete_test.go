package rootly_test

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// A type is complete only when all that stands above it was listed too: its objects would look
// gone otherwise, and their code would leave with them.
func TestCompleteBelowAFailure(t *testing.T) {
	t.Parallel()
	for _, forbidden := range []string{"/v1/schedules", "/v1/form_fields", "/v1/retrospective_processes", "/v1/workflows", "/v1/status-pages"} {
		t.Run(forbidden, func(t *testing.T) {
			t.Parallel()
			client, _ := connect(t, sandbox.Options{Objects: organisation.New(organisation.Options{}), Forbidden: []string{forbidden}})
			live := fetch(t, client)
			skipped := map[string]bool{}
			for _, s := range live.Skipped {
				skipped[s.Type] = true
			}
			below := 0
			for _, row := range catalogue.Types() {
				if !under(row, forbidden) {
					continue
				}
				below++
				if live.Complete[row.Name] {
					t.Errorf("%s counts as complete", row.Name)
				}
				if !skipped[row.Name] && row.Kind == "" {
					t.Errorf("nothing says that %s was not listed", row.Name)
				}
			}
			if below < 2 || !live.Complete["rootly_service"] {
				t.Errorf("%d types below, services complete: %v", below, live.Complete["rootly_service"])
			}
		})
	}
}

// under reports whether a type is listed at a path, or below an object that is.
func under(row *catalogue.Type, path string) bool {
	for _, p := range row.Paths {
		if p == path {
			return true
		}
	}
	for _, parent := range row.Parents {
		if under(catalogue.Lookup(parent), path) {
			return true
		}
	}
	return false
}
