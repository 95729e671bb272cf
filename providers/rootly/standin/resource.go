package standin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// kind is one resource type: its row, its schema and how each of its attributes is read.
type kind struct {
	row    *catalogue.Type
	schema map[string]*sdk.Schema
	fields []field
}

// sdkResource makes the resource of a type.
func sdkResource(row *catalogue.Type, s *schema.Resource) (*sdk.Resource, error) {
	attributes, err := blockSchema(s.Block)
	if err != nil {
		return nil, err
	}
	k := &kind{row: row, schema: attributes, fields: fieldsOf(row, s.Block, attributes)}
	delete(attributes, "id") // the SDK adds it
	return &sdk.Resource{
		Schema:        attributes,
		SchemaVersion: int(s.Version),
		CreateContext: k.create,
		ReadContext:   k.read,
		UpdateContext: k.update,
		DeleteContext: k.delete,
		CustomizeDiff: k.checks(),
		Importer:      &sdk.ResourceImporter{StateContext: sdk.ImportStatePassthroughContext},

		ValidateRawResourceConfigFuncs: rawChecks(row.Name),
	}, nil
}

func (k *kind) read(ctx context.Context, d *sdk.ResourceData, meta any) diag.Diagnostics {
	c := meta.(*client)
	var doc document
	err := c.call(ctx, http.MethodGet, k.path(d), nil, &doc)
	if errors.Is(err, errNotFound) && !d.IsNewResource() {
		d.SetId("")
		return nil
	}
	if err != nil {
		return k.failed("read", d, err)
	}
	o, err := doc.one(k.row.API)
	if err != nil {
		return k.failed("read", d, err)
	}
	if c.sabotage != nil {
		if o.Attributes == nil {
			o.Attributes = map[string]any{}
		}
		if err := c.sabotage(k.row.Name, d.Id(), o.Attributes); err != nil {
			return k.failed("read", d, err)
		}
	}
	if err := k.store(d, o); err != nil {
		return k.failed("read", d, err)
	}
	return nil
}

func (k *kind) failed(verb string, d *sdk.ResourceData, err error) diag.Diagnostics {
	return diag.Errorf("%s %s %q: %s", verb, k.row.Name, d.Id(), err)
}

// path is where the object of d is read. An id may hold dots and slashes only below a parent,
// where the official provider cleans the path instead of escaping the id.
func (k *kind) path(d *sdk.ResourceData) string {
	if strings.Contains(k.row.Get, "{parent}") {
		return path.Clean(strings.NewReplacer("{parent}", k.parent(d), "{id}", d.Id()).Replace(k.row.Get))
	}
	return strings.ReplaceAll(k.row.Get, "{id}", url.PathEscape(d.Id()))
}

func (k *kind) parent(d *sdk.ResourceData) string {
	if k.row.ParentAttr == "" {
		return ""
	}
	return fmt.Sprint(d.Get(k.row.ParentAttr))
}
