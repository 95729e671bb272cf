package schema_test

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	p, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(p.Resources); got != 229 {
		t.Errorf("snapshot has %d resource types, want 229", got)
	}

	// An attribute named like the schema's own prose is still an attribute.
	if p.Resources["rootly_team"].Block.Attribute("description") == nil {
		t.Error("rootly_team.description is missing")
	}
	zone := p.Resources["rootly_escalation_path"].Block.Attribute("time_restriction_time_zone")
	if !zone.HasDefault() || zone.Default.AsString() != "International Date Line West" || zone.Allows("") {
		t.Errorf("time_restriction_time_zone: default %#v, allows \"\" %v", zone.Default, zone.Allows(""))
	}
	params := p.Resources["rootly_workflow_task_create_jira_issue"].Block.Nested("task_params")
	if params.Mode != schema.Required || params.Max != 1 {
		t.Errorf("task_params: mode %v max %d", params.Mode, params.Max)
	}
	if got := params.Block.Find("custom_fields_mapping").Suppress; got != schema.SuppressJSON {
		t.Errorf("custom_fields_mapping: suppress %v", got)
	}
	if n := p.Resources["rootly_schedule_rotation"].Block.Nested("schedule_rotationable_attributes"); n == nil || n.Nesting != schema.NestingSingle {
		t.Errorf("schedule_rotationable_attributes is %+v, want a single object", n)
	}
}

func TestParseRefusesOtherProviders(t *testing.T) {
	t.Parallel()
	_, err := schema.Parse([]byte(`{"provider_schemas":{"registry.terraform.io/hashicorp/null":{}}}`), "1")
	if err == nil {
		t.Fatal("want an error for a document without the Rootly provider")
	}
}

func TestHas(t *testing.T) {
	t.Parallel()
	p, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	b := p.Resources["rootly_workflow_task_create_jira_issue"].Block
	for path, want := range map[string]bool{
		"task_params.integration.id": true,
		"task_params.title":          true,
		"task_params.title.id":       false,
		"task_params.nothing":        false,
		"nothing":                    false,
	} {
		if got := b.Has(path); got != want {
			t.Errorf("Has(%q) = %v, want %v", path, got, want)
		}
	}
	if a := b.Attribute("enabled"); a.Type != cty.Bool || a.Default.False() {
		t.Errorf("enabled: %+v", a)
	}
}
