package catalogue

import (
	"path"
	"slices"
	"strings"
)

// computed are attributes of the API that the provider does not have and that Rootly computes: nobody chose their
// values, so their changes are not changes of settings. A star stands for any text.
var computed = []struct {
	Type  string // empty: every type
	Names []string
	Why   string
}{
	{"", []string{"id", "*_at", "last_*", "first_*_at"}, "when something happened"},
	{"", []string{"*_count", "*_counts", "count", "*_total"}, "a counter"},
	{"", []string{"url", "*_url", "*_urls", "links", "short_url"}, "the address of a page"},
	{"", []string{"slug", "*_slug", "sequential_id"}, "made from another attribute"},
	{"", []string{"*_html", "content_json", "*_preview"}, "another form of another attribute"},
	{"", []string{"created_by*", "updated_by*", "creator*", "user", "managed_by"}, "who made it"},
	{"", []string{"full_name*"}, "made of other attributes"},
	{"rootly_dashboard", []string{"team_id"}, "the id of the organisation"},
	{"rootly_dashboard_panel", []string{"data"}, "what the panel shows"},
	{"rootly_communications_template", []string{"data"}, "what a stage shows"},
	{"rootly_override_shift", []string{"is_override", "shift_override"}, "says what kind of shift it is"},
	{"rootly_user_on_call_role", []string{"*"}, "the user's own"},
	{"rootly_edge_connector", []string{"online", "status_*", "version"}, "reported by the connector"},
}

// Computed reports whether Rootly computes an attribute that the provider does not have. The path has names only.
func (t *Type) Computed(attribute string) bool {
	name := attribute[strings.LastIndexByte(attribute, '.')+1:]
	for _, row := range computed {
		if row.Type != "" && row.Type != t.Name {
			continue
		}
		if slices.ContainsFunc(row.Names, func(pattern string) bool { ok, _ := path.Match(pattern, name); return ok }) {
			return true
		}
	}
	return false
}
