package post

import (
	"encoding/json"
	"time"
)

// The labels by which an event is found again. They may not be given otherwise.
const (
	FingerprintLabel = "fingerprint"
	DigestLabel      = "digest"
)

// An Event is something that is posted once: a [Pulse] or an [Incident].
type Event interface {
	collection() string // such as "pulses", which is also its JSON:API type
	identity() Identity
	attributes(created bool) ([]byte, error)
}

// An Identity tells an event from others, and one version of it from another.
type Identity struct {
	Fingerprint string // of what happened: the same for each try to tell of it
	Digest      string // of what is said: another means that the event is to be updated
}

// A Pair is a label or a reference.
type Pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// A Pulse is Rootly's event for a change. Only its summary is required.
type Pulse struct {
	Identity

	Summary string
	Source  string
	URL     string

	Services, Environments []string // ids
	Labels, Refs           []Pair
	Started, Ended         time.Time
	Content                json.RawMessage // any JSON object, shown with the pulse
}

var _ Event = Pulse{}

func (p Pulse) collection() string { return "pulses" }
func (p Pulse) identity() Identity { return p.Identity }

func (p Pulse) attributes(bool) ([]byte, error) {
	return json.Marshal(struct {
		Summary      string          `json:"summary"`
		Source       string          `json:"source,omitempty"`
		Services     []string        `json:"service_ids,omitempty"`
		Environments []string        `json:"environment_ids,omitempty"`
		Started      string          `json:"started_at,omitempty"`
		Ended        string          `json:"ended_at,omitempty"`
		URL          string          `json:"external_url,omitempty"`
		Labels       []Pair          `json:"labels,omitempty"`
		Refs         []Pair          `json:"refs,omitempty"`
		Content      json.RawMessage `json:"data,omitempty"`
	}{
		p.Summary, p.Source, p.Services, p.Environments, moment(p.Started), moment(p.Ended), p.URL,
		p.labelled(p.Labels), p.Refs, p.Content,
	})
}

// An Incident is one of Rootly's. What is empty is left to Rootly, or unchanged in an update.
type Incident struct {
	Identity

	Title      string
	Summary    string // Markdown
	Kind       string
	Status     string
	Private    bool // once an incident is private, it stays so
	Resolution string
	Once       bool // it cannot happen again: a closed incident is still this one

	Severity                       string   // id
	Services, Environments, Teams  []string // ids
	Functionalities, Causes, Types []string // ids
	Labels                         []Pair
	Started, Ended                 time.Time
}

var _ Event = Incident{}

func (i Incident) collection() string { return "incidents" }
func (i Incident) identity() Identity { return i.Identity }

// attributes leaves out what only a new incident takes as it is meant: afterwards, people may have
// changed the severity or the status.
func (i Incident) attributes(created bool) ([]byte, error) {
	a := incidentAttributes{
		Title: i.Title, Summary: i.Summary, Kind: i.Kind, Status: i.Status, Private: i.Private,
		Resolution: i.Resolution, Severity: i.Severity, Services: i.Services, Environments: i.Environments,
		Teams: i.Teams, Functionalities: i.Functionalities, Causes: i.Causes, Types: i.Types,
		Started: moment(i.Started), Resolved: moment(i.Ended),
	}
	for _, l := range i.labelled(i.Labels) {
		if a.Labels == nil {
			a.Labels = map[string]string{}
		}
		a.Labels[l.Key] = l.Value
	}
	if i.Status != "resolved" {
		a.Resolved = ""
	}
	if !created {
		a.Kind, a.Severity, a.Started, a.Private = "", "", "", false
	}
	return json.Marshal(a)
}

type incidentAttributes struct {
	Title           string            `json:"title,omitempty"`
	Summary         string            `json:"summary,omitempty"`
	Kind            string            `json:"kind,omitempty"`
	Status          string            `json:"status,omitempty"`
	Private         bool              `json:"private,omitempty"`
	Severity        string            `json:"severity_id,omitempty"`
	Services        []string          `json:"service_ids,omitempty"`
	Environments    []string          `json:"environment_ids,omitempty"`
	Teams           []string          `json:"group_ids,omitempty"`
	Functionalities []string          `json:"functionality_ids,omitempty"`
	Causes          []string          `json:"cause_ids,omitempty"`
	Types           []string          `json:"incident_type_ids,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	Started         string            `json:"started_at,omitempty"`
	Resolved        string            `json:"resolved_at,omitempty"`
	Resolution      string            `json:"resolution_message,omitempty"`
}

// labelled adds the identity to the labels.
func (i Identity) labelled(labels []Pair) []Pair {
	all := make([]Pair, 0, len(labels)+2)
	for _, l := range labels {
		if l.Key != FingerprintLabel && l.Key != DigestLabel {
			all = append(all, l)
		}
	}
	if i.Fingerprint != "" {
		all = append(all, Pair{FingerprintLabel, i.Fingerprint}, Pair{DigestLabel, i.Digest})
	}
	return all
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// A Draft is a request that was not sent.
type Draft struct {
	Method string
	Path   string
	Body   json.RawMessage
}

// Create drafts the request that makes an event.
func Create(e Event) (Draft, error) { return draft(e, "") }

// draft makes the request that creates an event or, with an id, updates it.
func draft(e Event, id string) (Draft, error) {
	d := Draft{Method: "POST", Path: "/v1/" + e.collection()}
	if id != "" {
		d.Method, d.Path = "PUT", d.Path+"/"+id
	}
	attributes, err := e.attributes(id == "")
	if err != nil {
		return Draft{}, err
	}
	d.Body, err = envelope(e.collection(), attributes)
	return d, err
}

func envelope(kind string, attributes []byte) ([]byte, error) {
	var doc struct {
		Object struct {
			Type       string          `json:"type"`
			Attributes json.RawMessage `json:"attributes"`
		} `json:"data"`
	}
	doc.Object.Type, doc.Object.Attributes = kind, attributes
	return json.Marshal(doc)
}
