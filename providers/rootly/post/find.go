package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// A Found is an event that Rootly has.
type Found struct {
	ID     string
	URL    string // where people see it, if Rootly says
	Status string // of an incident
	Identity
}

// Closed reports whether an incident is over.
func (f Found) Closed() bool {
	return f.Status == "resolved" || f.Status == "closed" || f.Status == "cancelled" || f.Status == "completed"
}

// Find returns the events of e's kind and fingerprint that were created since a time, in Rootly's
// order. How Rootly compares labels in its filters is not documented, so it is asked by
// time and, for pulses, by source, and the labels are compared here.
func (c *Client) Find(ctx context.Context, e Event, since time.Time) ([]Found, error) {
	query := url.Values{"filter[created_at][gte]": {moment(since)}}
	if p, ok := e.(Pulse); ok && p.Source != "" {
		query.Set("filter[source]", p.Source)
	}
	listing, err := c.reader.List(ctx, api.Request{Path: "/v1/" + e.collection(), Query: query})
	if err != nil {
		return nil, c.explain(err, e.collection(), "read")
	}
	var found []Found
	for _, o := range listing.Objects {
		f, err := foundIn(o)
		if err != nil {
			return nil, fmt.Errorf("read %s %s: %w", e.collection(), o.ID, err)
		}
		if f.Fingerprint == e.identity().Fingerprint {
			found = append(found, f)
		}
	}
	if len(found) == 0 && !listing.Complete() {
		return nil, fmt.Errorf("look for the event in %s: %s", e.collection(), listing.Missing())
	}
	return found, nil
}

// foundIn reads an event of a listing. Labels come as pairs or as an object.
func foundIn(o *api.Object) (Found, error) {
	raw, err := json.Marshal(o.Attributes)
	if err != nil {
		return Found{}, err
	}
	var a struct {
		URL      string          `json:"url"`
		ShortURL string          `json:"short_url"`
		Status   string          `json:"status"`
		Labels   json.RawMessage `json:"labels"`
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return Found{}, err
	}
	labels := labelsIn(a.Labels)
	f := Found{ID: o.ID, URL: a.URL, Status: a.Status}
	if f.URL == "" {
		f.URL = a.ShortURL
	}
	f.Fingerprint, f.Digest = labels[FingerprintLabel], labels[DigestLabel]
	return f, nil
}

// labelsIn reads both shapes; labels of another shape are somebody else's.
func labelsIn(raw json.RawMessage) map[string]string {
	labels := map[string]string{}
	var pairs []struct {
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &pairs) == nil {
		object = make(map[string]json.RawMessage, len(pairs))
		for _, p := range pairs {
			object[p.Key] = p.Value
		}
	} else if json.Unmarshal(raw, &object) != nil {
		return labels
	}
	for key, value := range object {
		var text string
		if json.Unmarshal(value, &text) == nil {
			labels[key] = text
		}
	}
	return labels
}

// A Kind is something that an event can be tied to, by the path of its collection.
type Kind string

// The kinds.
const (
	Service       Kind = "services"
	Environment   Kind = "environments"
	Severity      Kind = "severities"
	Team          Kind = "teams"
	Functionality Kind = "functionalities"
	Cause         Kind = "causes"
	IncidentType  Kind = "incident_types"
)

// ErrUnknown is for a slug that names nothing.
var ErrUnknown = errors.New("no such slug")

// Resolve returns the id of the object that a slug names.
func (c *Client) Resolve(ctx context.Context, kind Kind, slug string) (string, error) {
	objects, err := c.list(ctx, kind, url.Values{"filter[slug]": {slug}})
	if err != nil {
		return "", err
	}
	for _, o := range objects {
		if text(o, "slug") == slug || o.ID == slug {
			return o.ID, nil
		}
	}
	return "", fmt.Errorf("%w: %s %q", ErrUnknown, kind, slug)
}

// LowestSeverity returns the id of a severity of the lowest level that there is.
func (c *Client) LowestSeverity(ctx context.Context) (string, error) {
	objects, err := c.list(ctx, Severity, nil)
	if err != nil {
		return "", err
	}
	for _, level := range []string{"low", "medium", "high", "critical"} {
		for _, o := range objects {
			if text(o, "severity") == level {
				return o.ID, nil
			}
		}
	}
	return "", fmt.Errorf("%w: the organisation has no severities", ErrUnknown)
}

func (c *Client) list(ctx context.Context, kind Kind, query url.Values) ([]*api.Object, error) {
	listing, err := c.reader.List(ctx, api.Request{Path: "/v1/" + string(kind), Query: query})
	if err != nil {
		return nil, c.explain(err, string(kind), "read")
	}
	return listing.Objects, nil
}

// text returns an attribute that is a text.
func text(o *api.Object, name string) string {
	s, _ := o.Attributes[name].(string)
	return s
}
