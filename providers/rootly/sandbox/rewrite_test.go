package sandbox_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// madeByRootly are attributes that nobody can set: ids, times, secrets, counts, marks of what is
// built in, and what Rootly puts beside what was written.
var madeByRootly = []string{
	"id", "slug", "created_at", "updated_at", "managed_by", "secret", "status", "email", "webhook_endpoint",
	"team_id", "user_id", "last_used_at", "communication_type", "communication_template_stages", "online", "last_poll_at",
	"created_by_user_id", "last_updated_by_user_id", "resource_type", "is_default", "is_deletable", "is_editable",
	"alerts_email_address", "email_address", "last_pinged_at", "ping_url", "cause_ids", "content_html",
	"is_override", "rotation_id", "user", "cname_records", "saml_idp_cert_fingerprint",
	"condition_groups",                   // with ids inside
	"edge_connector-actions.description", // written inside metadata
	"catalog_entities.catalog_id",        // left out by one that is a trap
}

func madeName(api, name string) bool {
	return slices.Contains(madeByRootly, name) || slices.Contains(madeByRootly, api+"."+name) ||
		strings.HasPrefix(name, "deliveries_") || strings.HasPrefix(name, "allow_")
}

// Everything that a synthetic organisation holds can be written, and is read as it was written.
func TestASyntheticOrganisationCanBeWrittenAgain(t *testing.T) {
	t.Parallel()
	objects := organisation.New(organisation.Options{})
	_, c := start(t, sandbox.Options{Objects: objects})
	rows := make(map[string]*catalogue.Type)
	for _, ty := range catalogue.Types() {
		rows[ty.API] = ty
	}
	written := 0
	for _, o := range objects {
		row := rows[o.API]
		if row == nil || o.API == "users" {
			continue
		}
		was := resourceOf(t, o)
		path := collectionOf(row, o, was)
		raw := strings.Replace(string(rawAttributes(t, o)), "{", `{"copy_from":"starter_template",`, 1) // which is never read
		a := c.do(http.MethodPost, path, write(o.API, raw))
		if a.status != http.StatusCreated {
			t.Errorf("%s %s: %d %s", o.API, o.ID, a.status, a.raw)
			continue
		}
		written++
		is := a.one(t)
		for name, v := range was.Attributes {
			if !madeName(o.API, name) && !equalJSON(t, v, is.Attributes[name]) {
				t.Errorf("%s %s: %s is %s, was %s", o.API, o.ID, name, is.Attributes[name], v)
			}
		}
	}
	if written < 500 {
		t.Errorf("only %d objects were written", written)
	}
}

// collectionOf finds where an object is created.
func collectionOf(row *catalogue.Type, o sandbox.Object, r resource) string {
	var kind string
	if json.Unmarshal(r.Attributes["catalog_type"], &kind) == nil && row.Name == "rootly_catalog_property" && kind != "catalog" {
		return catalogue.Lookup("rootly_" + kind).Paths[0] + "/properties"
	}
	return strings.ReplaceAll(row.Paths[len(row.Paths)-1], "{parent}", o.Parent)
}

func rawAttributes(t *testing.T, o sandbox.Object) json.RawMessage {
	t.Helper()
	var doc struct{ Attributes json.RawMessage }
	if err := json.Unmarshal(o.Body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Attributes
}

func equalJSON(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	if len(b) == 0 || json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return cmp.Equal(x, y)
}
