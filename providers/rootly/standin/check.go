package standin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// checks are what the official provider refuses to plan, whatever the configuration says.
func (k *kind) checks() sdk.CustomizeDiffFunc {
	switch {
	case k.row.Name == "rootly_workflow_task_publish_incident":
		return func(ctx context.Context, d *sdk.ResourceDiff, meta any) error {
			if err := freePosition(ctx, d, meta); err != nil {
				return err
			}
			return knownComponents(d)
		}
	case k.row.IsTask():
		return freePosition
	case k.row.Name == "rootly_communications_group":
		return someChannel
	case k.row.Name == "rootly_team":
		return adminsAreMembers
	}
	return nil
}

func someChannel(_ context.Context, d *sdk.ResourceDiff, _ any) error {
	email, _ := d.Get("email_channel").(bool)
	sms, _ := d.Get("sms_channel").(bool)
	if !email && !sms {
		return errors.New("one of email_channel and sms_channel must be true")
	}
	return nil
}

func adminsAreMembers(_ context.Context, d *sdk.ResourceDiff, _ any) error {
	members, _ := d.Get("user_ids").([]any)
	admins, _ := d.Get("admin_ids").([]any)
	for _, a := range admins {
		if !slices.Contains(members, a) {
			return fmt.Errorf("admin_ids holds user %v, who is not in user_ids", a)
		}
	}
	return nil
}

// freePosition costs a request for every task with a position: the official provider lists the
// tasks of the workflow in each plan. A list that fails is no reason to fail the plan.
func freePosition(ctx context.Context, d *sdk.ResourceDiff, meta any) error {
	position, _ := d.Get("position").(int)
	if position == 0 || d.Id() == "" && !d.HasChange("workflow_id") {
		return nil
	}
	if position < 0 {
		return errors.New("position must be greater than 0")
	}
	c, ok := meta.(*client)
	if !ok {
		return nil
	}
	workflow, _ := d.Get("workflow_id").(string)
	var tasks list
	path := "/v1/workflows/" + url.PathEscape(workflow) + "/workflow_tasks"
	if err := c.call(ctx, http.MethodGet, path, nil, &tasks); err != nil {
		return nil
	}
	for _, t := range tasks.Data {
		if taken, _ := t.Attributes["position"].(float64); t.ID != d.Id() && int(taken) == position {
			return fmt.Errorf("position %d is taken by task %s of workflow %s", position, t.ID, workflow)
		}
	}
	return nil
}

func knownComponents(d *sdk.ResourceDiff) error {
	blocks, _ := d.Get("task_params").([]any)
	if len(blocks) == 0 {
		return nil
	}
	params, _ := blocks[0].(map[string]any)
	keys, _ := params["selected_component_keys"].([]any)
	statuses, _ := params["selected_component_statuses"].(map[string]any)
	for key := range statuses {
		if !slices.Contains(keys, any(key)) {
			return fmt.Errorf("selected_component_statuses names %q, which is not in selected_component_keys", key)
		}
	}
	return nil
}

// rawChecks validate the configuration as it is written.
func rawChecks(name string) []sdk.ValidateRawResourceConfigFunc {
	if name != "rootly_alert_route" {
		return nil
	}
	return []sdk.ValidateRawResourceConfigFunc{fallbackOrConditions}
}

// fallbackOrConditions wants of every rule that it either is the fallback or has conditions.
func fallbackOrConditions(_ context.Context, q sdk.ValidateResourceConfigFuncRequest, r *sdk.ValidateResourceConfigFuncResponse) {
	rules := q.RawConfig.GetAttr("rules")
	if rules.IsNull() || !rules.IsKnown() {
		return
	}
	for i, rule := range rules.AsValueSlice() {
		fallback, groups := rule.GetAttr("fallback_rule"), rule.GetAttr("condition_groups")
		if !fallback.IsKnown() || !groups.IsKnown() {
			return
		}
		isFallback := !fallback.IsNull() && fallback.True()
		hasGroups := !groups.IsNull() && groups.LengthInt() > 0
		if isFallback == hasGroups {
			r.Diagnostics = append(r.Diagnostics, diag.Diagnostic{
				Severity: diag.Error,
				Summary:  "Invalid rule of an alert route",
				Detail:   fmt.Sprintf("Rule %d must either be the fallback_rule or have condition_groups.", i),
			})
		}
	}
}
