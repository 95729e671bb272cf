package standin_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// lookUp reads a data source and returns its state as Go values, or the errors.
func lookUp(t *testing.T, r *rootly, name string, config object) (object, string) {
	t.Helper()
	s := open(t, "rootly_team", standin.Options{URL: r.url})
	shown, err := s.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	ty := shown.DataSourceSchemas[name].ValueType()
	found, err := s.ReadDataSource(context.Background(), &tfprotov6.ReadDataSourceRequest{
		TypeName: name, Config: dynamic(t, ty, fill(t, ty, config)),
	})
	must(t, err)
	if text := errorsOf(found.Diagnostics); text != "" {
		return nil, text
	}
	return plain(t, value(t, found.State, ty)).(object), ""
}

func TestDataSource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, doc string
		config, want    object
		asked           string
	}{
		{
			name: "rootly_user", path: "/v1/users", config: object{"email": "a@example.com"},
			doc: `{"data":[{"id":"7","type":"users","attributes":{"email":"a@example.com"},
				"relationships":{"on_call_role":{"data":{"id":"r","type":"on_call_roles"}},"role":{"data":null}}}]}`,
			want:  object{"id": "7", "email": "a@example.com", "on_call_role_id": "r", "role_id": "", "created_at": nil},
			asked: "GET /v1/users?filter%5Bemail%5D=a%40example.com&include=on_call_role%2Crole&page%5Bsize%5D=1",
		}, {
			name: "rootly_severity", path: "/v1/severities", config: object{"slug": "sev0", "created_at": object{"gt": "2026"}},
			doc:   `{"data":[{"id":"7","type":"severities","attributes":{"name":"n","slug":"sev0","color":null,"created_at":"2026-01-02T03:04:05Z"}}]}`,
			want:  object{"id": "7", "name": "n", "slug": "sev0", "color": "", "severity": "", "created_at": object{"gt": "2026"}},
			asked: "GET /v1/severities?filter%5Bcreated_at%5D%5Bgt%5D=2026&filter%5Bslug%5D=sev0&page%5Bsize%5D=1",
		}, {
			name: "rootly_form_field_option", path: "/v1/form_fields/f/options", config: object{"form_field_id": "f", "value": "v"},
			doc:   `{"data":[{"id":"7","type":"form_field_options","attributes":{"value":"v","color":"#fff"}}]}`,
			want:  object{"id": "7", "form_field_id": "f", "value": "v", "color": "#fff"},
			asked: "GET /v1/form_fields/f/options?filter%5Bvalue%5D=v&page%5Bsize%5D=1",
		}, {
			name: "rootly_causes", path: "/v1/causes", config: object{"name": "n"},
			doc: `{"data":[{"id":"7","type":"causes","attributes":{"name":"n"}},{"id":"8","type":"causes","attributes":{"name":"m"}}]}`,
			want: object{"id": "causes", "name": "n", "slug": nil, "causes": list{
				object{"id": "7", "name": "n", "slug": "", "description": ""}, object{"id": "8", "name": "m", "slug": "", "description": ""}}},
			asked: "GET /v1/causes?filter%5Bname%5D=n",
		}, {
			name: "rootly_post_mortem_template", path: "/v1/post_mortem_templates/p", config: object{"slug": "p"},
			doc:   `{"data":{"id":"7","type":"post_mortem_templates","attributes":{"name":"n","slug":"p","default":true,"format":"html","content":"c"}}}`,
			want:  object{"id": "7", "slug": "p", "name": "n", "default": true, "format": "html", "content": "c"},
			asked: "GET /v1/post_mortem_templates/p",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := serveRootly(t, map[string]string{c.path: c.doc})
			got, text := lookUp(t, r, c.name, c.config)
			if text != "" {
				t.Fatal(text)
			}
			for name := range got {
				if _, ok := c.want[name]; !ok && c.name == "rootly_causes" {
					delete(got, name)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !slices.Contains(r.requests(), c.asked) {
				t.Errorf("requests %q, want %q", r.requests(), c.asked)
			}
		})
	}
}

func TestDataSourceFindsNothing(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/users": `{"data":[]}`})
	if _, text := lookUp(t, r, "rootly_user", object{"email": "x"}); !strings.Contains(text, "user not found") {
		t.Errorf("errors %q", text)
	}
}
