package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// refuse answers requests that the hosted API would not serve.
func (h Hosted) refuse(r *http.Request, t target) error {
	query := r.URL.Query()
	number, _ := strconv.Atoi(query.Get("page[number]"))
	switch {
	case h.MediaType && !isMediaType(r.Header):
		return failf(http.StatusUnsupportedMediaType, "the media type must be %s", mediaType)
	case h.BlankFilters && hasBlankFilter(query):
		return failf(http.StatusInternalServerError, "Something went wrong")
	case t.route == nil:
	case h.HiddenAudits && t.template == auditsPath, h.Team != "" && t.template == incidentsPath:
		return failf(http.StatusNotFound, notFound)
	case h.DeepestPage > 0 && number > h.DeepestPage:
		return failf(http.StatusBadRequest, "page[number] is too high")
	}
	return nil
}

const (
	incidentsPath = "/v1/incidents"
	notFound      = "Not found or unauthorized"
)

func isMediaType(h http.Header) bool {
	given := h.Get("Content-Type")
	if given == "" {
		given = h.Get("Accept")
	}
	given, _, _ = strings.Cut(given, ";")
	return strings.TrimSpace(given) == mediaType
}

func hasBlankFilter(query url.Values) bool {
	for name, values := range query {
		if strings.HasPrefix(name, "filter[") && slices.Contains(values, "") {
			return true
		}
	}
	return false
}

// terse is the recorded body of a 404.
const terse = `{"errors":[{"title":"` + notFound + `","status":"404"}]}`

// A californian writes the times in an answer as the hosted API does.
type californian struct {
	http.ResponseWriter
	status int
}

func (c *californian) WriteHeader(status int) { c.status = status }

func (c *californian) Write(b []byte) (int, error) {
	there := timePattern.ReplaceAllFunc(b, func(quoted []byte) []byte {
		at, err := time.Parse(time.RFC3339Nano, string(quoted[1:len(quoted)-1]))
		if err != nil {
			return quoted
		}
		return Pacific(nil, at)
	})
	c.Header().Set("Content-Length", strconv.Itoa(len(there)))
	c.ResponseWriter.WriteHeader(c.status)
	if _, err := c.ResponseWriter.Write(there); err != nil {
		return 0, err
	}
	return len(b), nil
}

var timePattern = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"`)

// Pacific appends a time as the hosted API writes it: quoted, with milliseconds and the offset of California, which is
// -07:00 from the second Sunday of March to the first of November, and -08:00 else.
func Pacific(to []byte, at time.Time) []byte {
	at = at.UTC()
	sunday := func(month time.Month, day int) time.Time { // at two o'clock there
		first := time.Date(at.Year(), month, day, 9, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (7-int(first.Weekday()))%7)
	}
	offset := -8
	if summer := sunday(time.March, 8).Add(time.Hour); !at.Before(summer) && at.Before(sunday(time.November, 1)) {
		offset = -7
	}
	return at.In(time.FixedZone("", offset*60*60)).AppendFormat(to, `"2006-01-02T15:04:05.000Z07:00"`)
}

// ownerLists maps a JSON:API type to the attribute with the ids of the teams that own its objects.
func ownerLists() map[string]string {
	m := map[string]string{}
	for _, t := range catalogue.Types() {
		if t.Owner != "" {
			m[t.API] = t.Owner
		}
	}
	return m
}

// sees reports whether the key of a team may see an object: it belongs to that team, or to no team.
func (r *reader) sees(rec *record) bool {
	team := r.faults.Team
	if team == "" {
		return true
	}
	if rec.API == "groups" {
		return rec.ID == team
	}
	var owners []string
	raw := attribute(rec.Body, r.tables.ownerLists[rec.API])
	if json.Unmarshal(raw, &owners) == nil && len(owners) > 0 && !slices.Contains(owners, team) {
		return false
	}
	if rec.Parent == "" {
		return true
	}
	for _, api := range r.tables.owners[rec.API] {
		if parent := r.store.get(api, rec.Parent); parent != nil {
			return r.sees(parent)
		}
	}
	return true
}

// seen removes the objects that the key may not see.
func (r *reader) seen(rows []*record) []*record {
	if r.faults.Team == "" {
		return rows
	}
	var kept []*record
	for _, rec := range rows {
		if r.sees(rec) {
			kept = append(kept, rec)
		}
	}
	return kept
}
