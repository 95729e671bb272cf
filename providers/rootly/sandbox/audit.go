package sandbox

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// An Actor is who makes changes, in audit events.
type Actor struct {
	ID        int    // user id; 0: no user
	Name      string // of the user
	Email     string
	Source    string // "web", "api", "slack" and so on; only filters see it. Default: "api"
	APIKeyID  string // only filters see it
	IP        string // default: where the request came from
	UserAgent string // default: the request's
	SessionID string // of a browser
}

// An Event is an audit event about a change that the server did not make.
type Event struct {
	Event    string          // "create", "update" or "destroy"
	ItemType string          // such as "GeniusWorkflow"
	ItemID   string          // id of the object
	Object   json.RawMessage // its attributes before; nothing for a create
	Changes  json.RawMessage // {attribute: [before, after]}
	Actor    Actor           // who did it
	At       time.Time       // default: now
}

// An auditLog writes audit events. The lock of the store guards it.
type auditLog struct {
	store   *store
	clock   func() time.Time
	audited map[string]string // item type of the events, by JSON:API type
	actor   Actor
	events  int
}

// SetActor says who makes the changes from now on.
func (s *Server) SetActor(a Actor) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.log.actor = a
}

// Record adds an audit event and returns its id.
func (s *Server) Record(e Event) string {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return s.log.record(e)
}

// auditTypes maps a JSON:API type to the item type of its audit events. Other types have no events.
func auditTypes() map[string]string {
	m := map[string]string{"incidents": "Incident"}
	for _, t := range catalogue.Types() {
		if t.Audit != "" {
			m[t.API] = t.Audit
		}
	}
	return m
}

// change records a change of ours, if Rootly records that type and anything changed.
func (l *auditLog) change(r *http.Request, what string, before, after *record) {
	rec := after
	if rec == nil {
		rec = before
	}
	item := l.audited[rec.API]
	if item == "" {
		return
	}
	changes := differences(snapshotOf(before), snapshotOf(after))
	if len(changes) == 0 {
		return
	}
	actor := l.actor
	if actor.IP == "" {
		actor.IP, _, _ = net.SplitHostPort(r.RemoteAddr)
	}
	if actor.UserAgent == "" {
		actor.UserAgent = r.UserAgent()
	}
	e := Event{Event: what, ItemType: item, ItemID: rec.ID, Changes: encode(changes), Actor: actor}
	if before != nil {
		e.Object = encode(snapshotOf(before))
	}
	l.record(e)
}

// snapshotOf gives the attributes of an object together with its id.
func snapshotOf(r *record) attributes {
	if r == nil {
		return nil
	}
	attrs := r.attributes()
	attrs["id"] = encode(r.ID)
	return attrs
}

type auditDoc struct {
	ID            int             `json:"id"`
	Event         string          `json:"event"`
	ItemType      *string         `json:"item_type"`
	ItemDisplay   *string         `json:"item_type_display"`
	ItemID        *string         `json:"item_id"`
	Object        json.RawMessage `json:"object"`
	ObjectChanges json.RawMessage `json:"object_changes"`
	UserID        *int            `json:"user_id"`
	UserName      *string         `json:"user_name"`
	UserEmail     *string         `json:"user_email"`
	IPAddress     *string         `json:"ip_address"`
	UserAgent     *string         `json:"user_agent"`
	RequestID     *string         `json:"request_id"`
	SessionID     *string         `json:"session_id"`
	CreatedAt     string          `json:"created_at"`
}

// record stores an event under the next number.
func (l *auditLog) record(e Event) string {
	l.events++
	a := e.Actor
	if e.At.IsZero() {
		e.At = l.clock()
	}
	if a.Source == "" {
		a.Source = "api"
	}
	id := strconv.Itoa(l.events)
	request := fmt.Sprintf("%x", sha256.Sum256([]byte("request "+id)))
	request = request[:8] + "-" + request[8:12] + "-4" + request[13:16] + "-a" + request[17:20] + "-" + request[20:32]
	doc := auditDoc{
		ID: l.events, Event: e.Event, ItemType: given(e.ItemType), ItemDisplay: given(display(e.ItemType)),
		ItemID: given(e.ItemID), Object: orNull(e.Object), ObjectChanges: orNull(e.Changes),
		UserName: given(a.Name), UserEmail: given(a.Email), IPAddress: given(a.IP),
		UserAgent: given(a.UserAgent), RequestID: &request, SessionID: given(a.SessionID),
		CreatedAt: e.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
	}
	if a.ID != 0 {
		doc.UserID = &a.ID
	}
	body := encode(struct {
		ID         string   `json:"id"`
		Type       string   `json:"type"`
		Attributes auditDoc `json:"attributes"`
	}{id, auditsAPI, doc})
	l.store.put(&record{
		Object: Object{API: auditsAPI, ID: id, Body: body},
		hidden: map[string]string{"source": a.Source, "api_key_id": a.APIKeyID},
	})
	return id
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// display writes an item type for people: "GeniusWorkflowGroup" as "Workflow Group".
func display(item string) string {
	var out []rune
	for i, r := range item {
		if r == ':' {
			continue
		}
		if i > 0 && r >= 'A' && r <= 'Z' && len(out) > 0 && (out[len(out)-1] < 'A' || out[len(out)-1] > 'Z') {
			out = append(out, ' ')
		}
		out = append(out, r)
	}
	return strings.TrimPrefix(string(out), "Genius ")
}
