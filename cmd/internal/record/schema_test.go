package record

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "record", "What record puts into the data of a pulse.", content{})
	end := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	account := Account{
		Status: Failed, Name: "payments", Started: end.Add(-time.Minute), Ended: end, Most: 1,
		Plan: &change.Plan{Source: "s", Engine: "1.11.4", Checks: []string{"check.up"}, Changes: []change.Change{
			{Address: "module.a.x.y", Action: change.Changed}, {Address: "x.z", Action: change.Changed},
		}},
	}
	document, err := json.Marshal(account.content())
	if err != nil {
		t.Fatal(err)
	}
	schematest.Validate(t, "record", document)
}
