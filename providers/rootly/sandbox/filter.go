package sandbox

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A filter is one filter[…] parameter.
type filter struct{ name, op, value string }

var filterParam = regexp.MustCompile(`^filter\[([a-z_]+)\](?:\[([a-z_]+)\])?$`)

// filters reads the filters that are documented for a path. Others have no effect, as in a service that does not know
// them.
func (r *reader) filters() []filter {
	known := r.tables.Routes[r.t.template].Filters
	var all []filter
	for param, values := range r.query {
		m := filterParam.FindStringSubmatch(param)
		if m == nil || !strings.Contains(known[m[1]], kindOf(m[2])) {
			continue
		}
		f := filter{m[1], m[2], strings.Join(values, ",")}
		if one := plurals[f.name]; one != "" {
			f.name, f.op = one, "in"
		}
		all = append(all, f)
	}
	return all
}

// plurals are filters by several values of an attribute.
var plurals = map[string]string{"statuses": "status", "source_types": "source_type"}

// kindOf tells which documented kind of comparison an operator belongs to.
func kindOf(op string) string {
	switch op {
	case "":
		return "is"
	case "eq", "not_eq", "in", "not_in":
		return "in"
	case "gt", "gte", "lt", "lte":
		return "range"
	}
	return "none"
}

// narrow keeps the objects that match every filter.
func (r *reader) narrow(rows []*record, filters []filter) []*record {
	if len(filters) == 0 {
		return rows
	}
	if f := filters[0]; len(filters) == 1 && len(r.t.owners) == 0 && r.t.by == "" &&
		r.t.api != auditsAPI && f.name != "search" && (f.op == "" || f.op == "eq") {
		return r.store.where(r.t.api, f.name, f.value)
	}
	var kept []*record
	for _, rec := range rows {
		attrs := rec.attributes()
		if !slices.ContainsFunc(filters, func(f filter) bool { return !f.lets(attrs) }) {
			kept = append(kept, rec)
		}
	}
	return kept
}

// attributes decodes the object, with everything that can be filtered by besides its attributes.
func (r *record) attributes() map[string]json.RawMessage {
	var o struct {
		Attributes map[string]json.RawMessage `json:"attributes"`
	}
	if json.Unmarshal(r.Body, &o) != nil || o.Attributes == nil {
		o.Attributes = make(map[string]json.RawMessage)
	}
	for name, value := range r.hidden {
		o.Attributes[name] = encode(value)
	}
	return o.Attributes
}

func (f filter) lets(attrs map[string]json.RawMessage) bool {
	if f.name == "search" {
		return found(attrs, f.value)
	}
	have := text(attrs[f.name])
	switch f.op {
	case "", "eq":
		return have == f.value
	case "not_eq":
		return have != f.value
	case "in":
		return slices.Contains(strings.Split(f.value, ","), have)
	case "not_in":
		return !slices.Contains(strings.Split(f.value, ","), have)
	}
	c := compare(have, f.value)
	switch f.op {
	case "gt":
		return c > 0
	case "gte":
		return c >= 0
	case "lt":
		return c < 0
	}
	return c <= 0
}

// found looks for a text in the name of an object.
func found(attrs map[string]json.RawMessage, what string) bool {
	for _, name := range []string{"name", "title", "label", "email", "full_name", "slug"} {
		if strings.Contains(strings.ToLower(text(attrs[name])), strings.ToLower(what)) {
			return true
		}
	}
	return false
}

// compare orders times as times, numbers as numbers and the rest as text.
func compare(a, b string) int {
	if ta, err := time.Parse(time.RFC3339Nano, a); err == nil {
		if tb, err := parseTime(b); err == nil {
			return ta.Compare(tb)
		}
	}
	if na, err := strconv.ParseFloat(a, 64); err == nil {
		if nb, err := strconv.ParseFloat(b, 64); err == nil {
			return cmp.Compare(na, nb)
		}
	}
	return strings.Compare(a, b)
}

// parseTime reads a time or a date.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	return time.Parse(time.DateOnly, s)
}

// order sorts by the sort parameter: attributes, descending after a minus.
func order(rows []*record, by string) []*record {
	if by == "" {
		return rows
	}
	type row struct {
		*record
		attrs map[string]json.RawMessage
	}
	sorted := make([]row, len(rows))
	for i, r := range rows {
		sorted[i] = row{r, r.attributes()}
	}
	slices.SortStableFunc(sorted, func(a, b row) int {
		for _, name := range strings.Split(by, ",") {
			name, down := strings.CutPrefix(strings.TrimSpace(name), "-")
			c := compare(text(a.attrs[name]), text(b.attrs[name]))
			if c != 0 && down {
				return -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	out := make([]*record, len(rows))
	for i, r := range sorted {
		out[i] = r.record
	}
	return out
}
