package standin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// lookup is a data source. Most find the first object that the filters match, those with a plural
// name list all of them.
type lookup struct {
	name   string
	path   string // of the collection; "{x}" stands for the attribute x
	plural string // the attribute that holds the objects, or empty
	schema map[string]*sdk.Schema
}

// sdkDataSource makes a data source from its schema.
func sdkDataSource(s *schema.Resource) (*sdk.Resource, error) {
	attributes, err := blockSchema(s.Block)
	if err != nil {
		return nil, err
	}
	l := &lookup{name: s.Name, path: collectionOf(s.Name), schema: attributes}
	for _, a := range s.Block.Attributes {
		if a.Type.IsListType() && a.Type.ElementType().IsObjectType() {
			l.plural = a.Name
		}
		if a.Name == "id" && a.Mode == schema.OptionalComputed {
			delete(attributes, "id") // the SDK adds it
		}
		if a.Name == "enabled" && a.Mode == schema.Optional {
			attributes[a.Name].Default = true // without it, the disabled ones would be found too
		}
		if a.Type == cty.Number {
			attributes[a.Name].Type = sdk.TypeInt
		}
	}
	return &sdk.Resource{Schema: attributes, ReadContext: l.read}, nil
}

// collectionOf is where the objects of a data source are listed.
func collectionOf(name string) string {
	if row := catalogue.Lookup(name); row != nil {
		return strings.ReplaceAll(row.Paths[len(row.Paths)-1], "{parent}", "{"+row.ParentAttr+"}")
	}
	switch name {
	case "rootly_custom_field_options":
		return "/v1/custom_fields/{custom_field_id}/options"
	case "rootly_incident_post_mortem":
		return "/v1/post_mortems"
	case "rootly_workflow_task":
		return "/v1/workflows/{workflow_id}/workflow_tasks"
	case "rootly_ip_ranges":
		return "/v1/ip_ranges"
	}
	return "/v1/" + strings.TrimSuffix(strings.TrimPrefix(name, "rootly_"), "s") + "s"
}

func (l *lookup) read(ctx context.Context, d *sdk.ResourceData, meta any) diag.Diagnostics {
	c := meta.(*client)
	path, query := l.request(d)
	single := l.name == "rootly_ip_ranges"
	if l.name == "rootly_post_mortem_template" { // the API takes a slug for the id
		path, single = path+"/"+url.PathEscape(d.Get("slug").(string)), true
	}
	if single {
		var one document
		if err := c.call(ctx, http.MethodGet, path, nil, &one); err != nil {
			return diag.Errorf("read %s: %s", l.name, err)
		}
		if one.Data == nil {
			return diag.Errorf("read %s: answer holds no data", l.name)
		}
		return l.store(d, one.Data)
	}

	var found list
	if err := c.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil, &found); err != nil {
		return diag.Errorf("read %s: %s", l.name, err)
	}
	if l.plural != "" {
		return l.storeAll(d, found.Data)
	}
	if len(found.Data) == 0 {
		return diag.Errorf("%s not found", strings.TrimPrefix(l.name, "rootly_"))
	}
	return l.store(d, &found.Data[0])
}

// request makes path and filters from what the configuration sets.
func (l *lookup) request(d *sdk.ResourceData) (string, url.Values) {
	path, query := l.path, url.Values{}
	if l.plural == "" {
		query.Set("page[size]", "1")
	}
	if l.name == "rootly_user" {
		query.Set("include", "on_call_role,role")
	}
	for name, s := range l.schema {
		config := d.GetRawConfig()
		set := !config.IsNull() && !config.GetAttr(name).IsNull() || s.Default != nil
		v := d.Get(name)
		if !s.Required && !s.Optional || !set || v == "" {
			continue
		}
		switch placeholder := "{" + name + "}"; {
		case strings.Contains(path, placeholder):
			path = strings.ReplaceAll(path, placeholder, url.PathEscape(fmt.Sprint(v)))
		case s.Type == sdk.TypeMap:
			for bound, at := range v.(map[string]any) {
				query.Set("filter["+name+"]["+bound+"]", fmt.Sprint(at))
			}
		case s.Type == sdk.TypeSet:
			query.Set("filter["+strings.TrimSuffix(name, "s")+"]", joined(v.(*sdk.Set)))
		default:
			query.Set("filter["+l.filter(name)+"]", fmt.Sprint(v))
		}
	}
	return path, query
}

// filter is the API's name of a filter.
func (l *lookup) filter(name string) string {
	if l.name == "rootly_alerts_source" && name == "status" {
		return "statuses"
	}
	if l.name == "rootly_alerts_source" && name == "source_type" {
		return "source_types"
	}
	return name
}

func joined(s *sdk.Set) string {
	var texts []string
	for _, v := range s.List() {
		texts = append(texts, fmt.Sprint(v))
	}
	sort.Strings(texts)
	return strings.Join(texts, ",")
}

func (l *lookup) store(d *sdk.ResourceData, o *object) diag.Diagnostics {
	d.SetId(o.ID)
	if l.name == "rootly_ip_ranges" {
		d.SetId("ip_ranges")
	}
	// What is a filter only, such as a range of created_at, is not read back.
	answered := map[string]*sdk.Schema{}
	for name, s := range l.schema {
		if (s.Computed || s.Default != nil) && name != "id" {
			answered[name] = s
		}
	}
	values, err := l.values(o, answered)
	if err != nil {
		return diag.Errorf("read %s: %s", l.name, err)
	}
	for name, v := range values {
		_ = d.Set(name, v)
	}
	return nil
}

func (l *lookup) storeAll(d *sdk.ResourceData, objects []object) diag.Diagnostics {
	inner := l.schema[l.plural].Elem.(*sdk.Resource).Schema
	all := make([]any, 0, len(objects))
	for _, o := range objects {
		values, err := l.values(&o, inner)
		if err != nil {
			return diag.Errorf("read %s: %s", l.name, err)
		}
		all = append(all, values)
	}
	if err := d.Set(l.plural, all); err != nil {
		return diag.Errorf("read %s: %s", l.name, err)
	}
	d.SetId(l.plural)
	return nil
}

// values decodes the attributes of an object that a schema knows.
func (l *lookup) values(o *object, s map[string]*sdk.Schema) (map[string]any, error) {
	values := map[string]any{}
	for name, a := range s {
		if name == "id" {
			values[name] = o.ID
			continue
		}
		if relation, ok := strings.CutSuffix(name, "_id"); ok && l.name == "rootly_user" {
			id, err := o.relation(relation)
			if err != nil {
				return nil, err
			}
			values[name] = id
			continue
		}
		v, err := wireOf(a).decode(o.Attributes[name])
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
		values[name] = v
	}
	return values, nil
}
