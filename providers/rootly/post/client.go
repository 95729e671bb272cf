package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// Client posts events to one Rootly organisation.
type Client struct {
	reader *api.Client
	writer *api.Conn
}

// New checks the options and returns a client. It makes no request.
func New(o api.Options) (*Client, error) {
	reader, err := api.New(o)
	if err != nil {
		return nil, err
	}
	writer, err := api.NewConn(o, permit(prefixOf(o.URL)))
	if err != nil {
		return nil, err
	}
	return &Client{reader, writer}, nil
}

// prefixOf is the path below which a proxy serves the API.
func prefixOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "" // api.New has refused it already
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	return strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
}

// A Deed is the result for an event.
type Deed string

// The deeds.
const (
	Created   Deed = "created"
	Updated   Deed = "updated"
	Unchanged Deed = "unchanged"
)

// An Outcome is an event after Put.
type Outcome struct {
	Deed Deed
	ID   string
	URL  string // if Rootly says
}

// Put makes sure that Rootly has an event, once. An event of the same fingerprint since the given time is updated if
// its content differs. A closed incident counts only for events that happen once. Before a post that may have arrived
// is repeated, Put looks for it.
func (c *Client) Put(ctx context.Context, e Event, since time.Time) (Outcome, error) {
	const attempts = 4
	var last error
	for attempt := 1; attempt <= attempts; attempt++ {
		found, err := c.Find(ctx, e, since)
		if err != nil {
			return Outcome{}, either(last, err)
		}
		outcome, wait, err := c.once(ctx, e, found)
		if err == nil {
			return outcome, nil
		}
		if wait < 0 {
			return Outcome{}, err
		}
		last = err
		if attempt == attempts {
			break
		}
		if err := c.writer.Pause(ctx, max(wait, time.Duration(attempt)*500*time.Millisecond)); err != nil {
			return Outcome{}, either(last, err)
		}
	}
	return Outcome{}, last
}

// either prefers the error of the post to a later one.
func either(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// once makes one attempt for an event. A wait that is not negative means that another attempt may help.
func (c *Client) once(ctx context.Context, e Event, found []Found) (Outcome, time.Duration, error) {
	f, deed := standing(e, found)
	if deed == Unchanged {
		return Outcome{Unchanged, f.ID, f.URL}, 0, nil
	}
	return c.write(ctx, e, f.ID)
}

// standing decides what to do with an event, given what Rootly already has of it.
func standing(e Event, found []Found) (Found, Deed) {
	if i, ok := e.(Incident); ok && !i.Once {
		found = slices.DeleteFunc(found, Found.Closed)
	}
	switch {
	case len(found) == 0:
		return Found{}, Created
	case found[0].Digest == e.identity().Digest:
		return found[0], Unchanged
	}
	return found[0], Updated
}

// Plan drafts the request of [Client.Put], and says what it would do. An event that is up to date needs no request.
func (c *Client) Plan(ctx context.Context, e Event, since time.Time) (Draft, Outcome, error) {
	found, err := c.Find(ctx, e, since)
	if err != nil {
		return Draft{}, Outcome{}, err
	}
	f, deed := standing(e, found)
	d, err := draft(e, f.ID)
	return d, Outcome{Deed: deed, ID: f.ID, URL: f.URL}, err
}

// Update changes an existing event.
func (c *Client) Update(ctx context.Context, id string, e Event) (Outcome, error) {
	o, _, err := c.write(ctx, e, id)
	return o, err
}

// Note adds a line to the timeline of an incident.
func (c *Client) Note(ctx context.Context, incident, line string) error {
	attributes, err := json.Marshal(struct {
		Event      string `json:"event"`
		Visibility string `json:"visibility"`
	}{line, "internal"})
	if err != nil {
		return err
	}
	body, err := envelope("incident_events", attributes)
	if err != nil {
		return err
	}
	_, err = c.writer.Send(ctx, http.MethodPost, "/v1/incidents/"+url.PathEscape(incident)+"/events", body)
	return c.explain(err, "incidents", "update")
}

func (c *Client) write(ctx context.Context, e Event, id string) (Outcome, time.Duration, error) {
	d, err := draft(e, id)
	if err != nil {
		return Outcome{}, -1, fmt.Errorf("encode the event: %w", err)
	}
	right, deed := "create", Created
	if id != "" {
		right, deed = "update", Updated
	}
	reply, err := c.writer.Send(ctx, d.Method, d.Path, d.Body)
	if err != nil {
		return Outcome{}, again(ctx, reply, err), c.explain(err, e.collection(), right)
	}
	o := Outcome{Deed: deed, ID: id}
	if reply.Object != nil {
		o.ID = reply.Object.ID
		if f, err := foundIn(reply.Object); err == nil {
			o.URL = f.URL
		}
	}
	return o, 0, nil
}

// again is the wait before another attempt; negative if none will help.
func again(ctx context.Context, reply api.Reply, err error) time.Duration {
	const longest = time.Minute
	var e *api.Error
	passing := reply.Status == 0 || reply.Status >= 500 || reply.Status == http.StatusTooManyRequests
	if ctx.Err() != nil || !errors.As(err, &e) || errors.Is(err, errNotPermitted) || !passing || reply.Wait > longest || e.Hint() != "" && reply.Status == 0 {
		return -1
	}
	return reply.Wait
}

// A Denied is a request that the API key may not make.
type Denied struct {
	Permission string // as roles name it, such as pulses_permissions: create
	err        error
}

// Error names the request, and the permission that it needs.
func (d *Denied) Error() string { return d.err.Error() }

// Unwrap returns the answer of the API.
func (d *Denied) Unwrap() error { return d.err }

// Hint names the permission.
func (d *Denied) Hint() string {
	return fmt.Sprintf("the role of the API key lacks %s; add the permission, or use another key (Organization Settings > Roles, and > API Keys)", d.Permission)
}

// An Invalid is an event that Rootly refused because of its content.
type Invalid struct {
	Fields []string // attributes in the answer, as the API names them
	err    error
}

// Error is what Rootly says.
func (i *Invalid) Error() string { return i.err.Error() }

// Unwrap returns the answer of the API.
func (i *Invalid) Unwrap() error { return i.err }

// explain adds to an error what the answer alone does not say.
func (c *Client) explain(err error, collection, right string) error {
	var e *api.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch e.Status {
	case http.StatusForbidden:
		return &Denied{Permission: permission(collection) + ": " + right, err: err}
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		return &Invalid{Fields: fieldsIn(e.Title + " " + e.Detail), err: err}
	}
	return err
}

// permission is how roles name the right to a collection.
func permission(collection string) string {
	if collection == "causes" {
		return "incident_causes_permissions"
	}
	return collection + "_permissions"
}

// spoken are the words by which answers speak of attributes.
var spoken = []struct {
	field string
	words *regexp.Regexp
}{
	{"severity_id", regexp.MustCompile(`(?i)\bseverit(y|ies)`)},
	{"service_ids", regexp.MustCompile(`(?i)\bservices?(\b|_)`)},
	{"environment_ids", regexp.MustCompile(`(?i)\benvironments?(\b|_)`)},
	{"incident_type_ids", regexp.MustCompile(`(?i)\b(incident[ _])?types?(\b|_)`)},
	{"functionality_ids", regexp.MustCompile(`(?i)\bfunctionalit(y|ies)`)},
	{"group_ids", regexp.MustCompile(`(?i)\b(teams?|groups?)(\b|_)`)},
	{"cause_ids", regexp.MustCompile(`(?i)\bcauses?(\b|_)`)},
	{"kind", regexp.MustCompile(`(?i)\bkind\b`)},
	{"status", regexp.MustCompile(`(?i)\bstatus\b`)},
	{"title", regexp.MustCompile(`(?i)\btitle\b`)},
	{"summary", regexp.MustCompile(`(?i)\bsummary\b`)},
	{"started_at", regexp.MustCompile(`(?i)\bstarted[ _]at\b`)},
	{"labels", regexp.MustCompile(`(?i)\blabels?\b`)},
}

// fieldsIn lists the attributes that an answer speaks of.
func fieldsIn(answer string) []string {
	var fields []string
	for _, s := range spoken {
		if s.words.MatchString(answer) {
			fields = append(fields, s.field)
		}
	}
	return fields
}
