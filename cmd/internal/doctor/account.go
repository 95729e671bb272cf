package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// An account is a live organisation, as an import reads it, and a client for more requests.
type account struct {
	client *api.Client
	base   string // URL of the API
	now    time.Time
	live   *rootly.Live
	events []item // the newest of the audit log; nil if it cannot be read
}

func read(ctx context.Context, c *api.Client, base string, now time.Time) (*account, error) {
	var types []*catalogue.Type
	for _, t := range catalogue.Types() {
		if t.Optional == "" {
			types = append(types, t)
		}
	}
	live, err := rootly.Fetch(ctx, c, rootly.FetchOptions{Types: types})
	if err != nil {
		return nil, fmt.Errorf("read the organisation: %w", err)
	}
	a := &account{client: c, base: strings.TrimSuffix(base, "/"), now: now, live: live}
	if d, err := a.list(ctx, auditsPath, "page[size]", "100", "sort", "-created_at"); err == nil {
		a.events = d.Data
	}
	return a, ctx.Err()
}

// A document is an answer of the API, with the parts that the checks need.
type document struct {
	Data     []item `json:"data"`
	Included []item `json:"included"`
	Links    struct {
		Next string `json:"next"`
	} `json:"links"`
	Meta struct {
		NextPage   int  `json:"next_page"`
		TotalCount *int `json:"total_count"`
	} `json:"meta"`
}

type item struct {
	ID         string                     `json:"id"`
	Type       string                     `json:"type"`
	Attributes map[string]json.RawMessage `json:"attributes"`
}

// text is an attribute that is text; empty for others.
func (i item) text(name string) string {
	s := ""
	_ = json.Unmarshal(i.Attributes[name], &s) // another type of value stays empty
	return s
}

// list makes one request for a list. Query is alternating names and values.
func (a *account) list(ctx context.Context, path string, query ...string) (document, error) {
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	var d document
	raw, err := a.client.Relay(ctx, path, values)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return d, fmt.Errorf("read the answer of %s: %w", path, err)
	}
	return d, nil
}

// longest is the paged collection with the most objects, and their number.
func (a *account) longest() (path string, n int) {
	counts := map[string]int{}
	for _, o := range a.live.Objects {
		t := o.Type
		if len(t.Paths) != 1 || strings.Contains(t.Paths[0], "{parent}") || t.Pages != catalogue.PagesNumbered {
			continue
		}
		p := t.Paths[0]
		counts[p]++
		if counts[p] > n || counts[p] == n && p < path {
			path, n = p, counts[p]
		}
	}
	return path, n
}

// family is the parent with the most children in its own collection.
func (a *account) family() (path string, n int) {
	type key struct {
		path   string
		parent graph.ID
	}
	counts := map[key]int{}
	best := key{}
	for _, o := range a.live.Objects {
		if o.Parent == "" || len(o.Type.Paths) != 1 || o.Type.Pages != catalogue.PagesNumbered || o.Type.ParentPath != "" {
			continue
		}
		k := key{o.Type.Paths[0], o.Parent}
		counts[k]++
		if counts[k] > counts[best] {
			best = k
		}
	}
	return strings.ReplaceAll(best.path, "{parent}", url.PathEscape(string(best.parent))), counts[best]
}

func ids(items []item) []string {
	var list []string
	for _, i := range items {
		list = append(list, i.ID)
	}
	return list
}

// counted is a collection for which the API counts more than one object, and the count.
func (a *account) counted(ctx context.Context) (path string, n int) {
	for _, t := range catalogue.Types() {
		if len(t.Paths) != 1 || strings.Contains(t.Paths[0], "{parent}") || t.Pages != catalogue.PagesNumbered {
			continue
		}
		if d, err := a.list(ctx, t.Paths[0], "page[size]", "1"); err == nil && d.Meta.TotalCount != nil && *d.Meta.TotalCount > 1 {
			return t.Paths[0], *d.Meta.TotalCount
		}
	}
	return "", 0
}
