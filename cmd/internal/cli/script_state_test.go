package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// oldServices are those that the tool before had, each with a directory and a state of its own.
var oldServices = regexp.MustCompile(`^rootly_(authorization|cause|custom_form|dashboard|environment|escalation_policy|form_field|form_set|` +
	`functionality|heartbeat|incident_permission_set|incident_role|incident_type|playbook|post_mortem_template|retrospective_configuration|` +
	`retrospective_process|role|schedule|secret|service|severity|status_page|sub_status|team|webhooks_endpoint|workflow_group|workflow)(?:_|$)`)

// ownStem are the types whose service has another name than they begin with.
var ownStem = map[string]string{
	"rootly_escalation_level": "escalation_policy", "rootly_escalation_path": "escalation_policy",
	"rootly_override_shift": "schedule", "rootly_retrospective_step": "retrospective_process",
}

var notOld = regexp.MustCompile(`^rootly_status_page_component|^rootly_(workflow_)?custom_field|^rootly_workflow_action_item_form`)

// oldStates writes the objects of a state as the tool before did: version 3, a file for each
// service, flat attributes, ids or slugs as labels, and an output for every object.
func oldStates(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: oldstates STATE DIR")
	}
	objects, err := tfstate.Objects([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	trees := map[string][]tfstate.Held{}
	for _, o := range objects {
		service := ownStem[o.Address.Type]
		if m := oldServices.FindStringSubmatch(o.Address.Type); m != nil && !notOld.MatchString(o.Address.Type) {
			service = m[1]
		}
		if service != "" {
			trees[service] = append(trees[service], o)
		}
	}
	n := 0
	for service, list := range trees {
		dir := filepath.Join(ts.MkAbs(args[1]), service)
		ts.Check(os.MkdirAll(dir, 0o755))
		ts.Check(os.WriteFile(filepath.Join(dir, planning.StateName), oldState(ts, list), 0o644))
		n += len(list)
	}
	ts.Setenv("OLD_SERVICES", fmt.Sprint(len(trees)))
	ts.Setenv("OLD_OBJECTS", fmt.Sprint(n))
}

func oldState(ts *testscript.TestScript, list []tfstate.Held) []byte {
	resources, outputs := map[string]any{}, map[string]any{}
	for i, o := range list {
		label := oldLabel(o, i)
		resources[o.Address.Type+"."+label] = map[string]any{
			"type": o.Address.Type, "depends_on": []string{}, "deposed": []string{}, "provider": "provider.rootly",
			"primary": map[string]any{
				"id": o.ID, "meta": map[string]any{"schema_version": "0"}, "tainted": false,
				"attributes": map[string]string{"id": string(o.ID), "name": "Name of " + label, "labels.%": "0", "token": "old-secret"},
			},
		}
		outputs[o.Address.Type+"_"+label+"_id"] = map[string]any{"sensitive": false, "type": "string", "value": o.ID}
	}
	content, err := json.MarshalIndent(map[string]any{
		"version": 3, "terraform_version": "0.12.31", "serial": 1, "lineage": "8a1d8f5c-61ec-4c0e-95a4-3a1b6bd2a8f1",
		"modules": []any{map[string]any{"path": []string{"root"}, "outputs": outputs, "resources": resources, "depends_on": []string{}}},
	}, "", "    ")
	ts.Check(err)
	return append(content, '\n')
}

// oldLabel is a slug with an escaped character for some, the id for most, and what begins with a
// digit gets a prefix.
func oldLabel(o tfstate.Held, i int) string {
	label := string(o.ID)
	if i%3 == 0 {
		label = strings.ReplaceAll(o.Address.Name, "_", "-20-") + "-" + fmt.Sprint(i)
	}
	if label[0] >= '0' && label[0] <= '9' {
		label = "tfer--" + label
	}
	return label
}
