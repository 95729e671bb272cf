package standin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

const configurationType = "rootly_retrospective_configuration"

func (k *kind) create(ctx context.Context, d *sdk.ResourceData, meta any) diag.Diagnostics {
	c := meta.(*client)
	o, err := k.adopted(ctx, c, d)
	if err != nil {
		return k.failed("create", d, err)
	}
	attributes := k.attributes(d, func(name string) bool { return isSet(d, name) })
	if o != nil {
		d.SetId(o.ID)
		delete(attributes, "kind") // is what found it
		maps.Copy(o.Attributes, attributes)
		return k.put(ctx, d, meta, o.Attributes)
	}

	path, err := k.collection(d)
	if err != nil {
		return k.failed("create", d, err)
	}
	var answer document
	err = c.call(ctx, http.MethodPost, path, document{Data: &object{Type: k.row.API, Attributes: attributes}}, &answer)
	if err != nil {
		return k.failed("create", d, err)
	}
	if o, err = answer.one(k.row.API); err != nil {
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
	return k.put(ctx, d, meta, k.attributes(d, changed))
}

func (k *kind) put(ctx context.Context, d *sdk.ResourceData, meta any, attributes map[string]any) diag.Diagnostics {
	body := document{Data: &object{ID: d.Id(), Type: k.row.API, Attributes: attributes}}
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

// adopted returns the object that exists before its resource does, with what must be sent back of
// it, or nil.
func (k *kind) adopted(ctx context.Context, c *client, d *sdk.ResourceData) (*object, error) {
	switch k.row.Name {
	case onCallRoleType:
		return &object{ID: d.Get("user_id").(string), Attributes: map[string]any{}}, nil
	case configurationType:
		var found list
		query := url.Values{"page[size]": {"1"}, "filter[kind]": {d.Get("kind").(string)}}
		if err := c.call(ctx, http.MethodGet, k.row.Paths[0]+"?"+query.Encode(), nil, &found); err != nil {
			return nil, err
		}
		if len(found.Data) == 0 {
			return nil, errors.New("no configuration of that kind")
		}
		kept := map[string]any{}
		for _, name := range []string{"kind", "severity_ids", "group_ids", "incident_type_ids"} {
			if v := found.Data[0].Attributes[name]; v != nil && v != "" {
				kept[name] = v
			}
		}
		return &object{ID: found.Data[0].ID, Attributes: kept}, nil
	}
	return nil, nil
}

// collection is where an object of k is created. Properties of a catalog have one collection for
// each type of catalog.
func (k *kind) collection(d *sdk.ResourceData) (string, error) {
	parent := k.parent(d)
	if k.row.Name != "rootly_catalog_property" {
		return strings.ReplaceAll(k.row.Paths[0], "{parent}", url.PathEscape(parent)), nil
	}
	owner, _ := d.Get("catalog_type").(string)
	if owner != "" && owner != "catalog" {
		row := catalogue.Lookup("rootly_" + owner)
		if row == nil {
			return "", fmt.Errorf("catalog_type %q is not known", owner)
		}
		return row.Paths[0] + "/properties", nil
	}
	if parent == "" {
		return "", errors.New("catalog_id is required for the properties of a catalog")
	}
	return "/v1/catalogs/" + url.PathEscape(parent) + "/properties", nil
}

// verb is how the API updates an object of k.
func (k *kind) verb() string {
	for _, prefix := range []string{"/v1/alert_groups", "/v1/communications/", "/v1/edge_connectors"} {
		if strings.HasPrefix(k.row.Get, prefix) {
			return http.MethodPatch
		}
	}
	return http.MethodPut
}

// isSet reports whether the configuration or a default sets an attribute.
func isSet(d *sdk.ResourceData, name string) bool {
	//lint:ignore SA1019 only this call tells a zero value that was set from none, as the official provider asks it
	_, ok := d.GetOkExists(name)
	return ok
}
