package standin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

const configurationType = "rootly_retrospective_configuration"

func (k *kind) create(ctx context.Context, d *sdk.ResourceData, meta any) diag.Diagnostics {
	c := meta.(*client)
	if id, err := k.adopted(ctx, c, d); err != nil {
		return k.failed("create", d, err)
	} else if id != "" {
		d.SetId(id)
		return k.update(ctx, d, meta)
	}

	attributes := k.attributes(d, func(name string) bool { return isSet(d, name) })
	var answer document
	err := c.call(ctx, http.MethodPost, k.collection(d), document{Data: &object{Type: k.row.API, Attributes: attributes}}, &answer)
	if err != nil {
		return k.failed("create", d, err)
	}
	o, err := answer.one(k.row.API)
	if err != nil {
		return k.failed("create", d, err)
	}
	d.SetId(o.ID)
	return k.read(ctx, d, meta)
}

func (k *kind) update(ctx context.Context, d *sdk.ResourceData, meta any) diag.Diagnostics {
	changed := d.HasChange
	if k.row.IsTask() || k.row.Name == onCallRoleType {
		changed = func(string) bool { return true }
	}
	body := document{Data: &object{ID: d.Id(), Type: k.row.API, Attributes: k.attributes(d, changed)}}
	if err := meta.(*client).call(ctx, k.verb(), k.path(d), body, nil); err != nil {
		return k.failed("update", d, err)
	}
	return k.read(ctx, d, meta)
}

func (k *kind) delete(ctx context.Context, d *sdk.ResourceData, meta any) diag.Diagnostics {
	if k.row.Name == onCallRoleType || k.row.Name == configurationType {
		d.SetId("") // these outlive their resource
		return nil
	}
	err := meta.(*client).call(ctx, http.MethodDelete, k.path(d), nil, nil)
	if err != nil && !errors.Is(err, errNotFound) {
		return k.failed("delete", d, err)
	}
	d.SetId("")
	return nil
}

// adopted returns the id of an object that exists before its resource does, or nothing.
func (k *kind) adopted(ctx context.Context, c *client, d *sdk.ResourceData) (string, error) {
	switch k.row.Name {
	case onCallRoleType:
		return d.Get("user_id").(string), nil
	case configurationType:
		var found list
		query := url.Values{"page[size]": {"1"}, "filter[kind]": {d.Get("kind").(string)}}
		if err := c.call(ctx, http.MethodGet, k.row.Paths[0]+"?"+query.Encode(), nil, &found); err != nil {
			return "", err
		}
		if len(found.Data) == 0 {
			return "", errors.New("Rootly has no configuration of that kind")
		}
		return found.Data[0].ID, nil
	}
	return "", nil
}

// collection is where an object of k is created.
func (k *kind) collection(d *sdk.ResourceData) string {
	paths := k.row.Paths
	if k.row.Name == "rootly_catalog_property" {
		if kind, _ := d.Get("catalog_type").(string); kind != "" && kind != "catalog" {
			return "/v1/" + map[string]string{
				"service": "services", "functionality": "functionalities", "team": "teams",
				"environment": "environments", "cause": "causes", "incident_type": "incident_types",
			}[kind] + "/properties"
		}
		return "/v1/catalogs/" + url.PathEscape(k.parent(d)) + "/properties"
	}
	return strings.ReplaceAll(paths[0], "{parent}", url.PathEscape(k.parent(d)))
}

// verb is how the API updates an object of k.
func (k *kind) verb() string {
	for _, prefix := range []string{"/v1/alert_groups", "/v1/alert_routes/", "/v1/communications/", "/v1/edge_connectors"} {
		if strings.HasPrefix(k.row.Get, prefix) {
			return http.MethodPatch
		}
	}
	return http.MethodPut
}

// isSet reports whether the configuration or a default sets an attribute.
func isSet(d *sdk.ResourceData, name string) bool {
	plan := d.GetRawPlan()
	if plan.IsNull() || !plan.Type().HasAttribute(name) {
		return false
	}
	v := plan.GetAttr(name)
	return v.IsKnown() && !v.IsNull()
}
