package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Parse reads one event in any of the shapes in which Rootly's record reaches us: an object of the
// JSON:API answer, the payload of the webhook audit_log.created, or the sample record of its
// connectors. Fields that it does not know stay in Raw.
//
// An event without an id or a time is an error, of type [*Unreadable]: it could be neither told
// apart nor put in order. The id of a webhook's delivery is none: the API has another one for the event.
func Parse(raw json.RawMessage) (Event, error) {
	e, err := parse(raw)
	if err != nil {
		return Event{}, &Unreadable{Raw: Redact(Event{Raw: bytes.Clone(raw)}).Raw, Err: err}
	}
	return e, nil
}

// Unreadable says that something is no event, or none that could be kept.
type Unreadable struct {
	Raw json.RawMessage // as it came, without credentials
	Err error
}

// Error says why.
func (u *Unreadable) Error() string { return u.Err.Error() }

// Unwrap returns the reason.
func (u *Unreadable) Unwrap() error { return u.Err }

func parse(raw json.RawMessage) (Event, error) {
	r, err := open(raw)
	if err != nil {
		return Event{}, fmt.Errorf("read audit event: %w", err)
	}
	e := Event{
		ID:        r.id,
		ItemType:  r.text("item_type", "resource_type"),
		ItemID:    r.text("item_id", "resource_id"),
		UserID:    r.text("user_id", "actor_id"),
		UserName:  r.text("user_name", "actor_name"),
		UserEmail: r.text("user_email", "actor_email"),
		APIKeyID:  r.text("api_key_id"),
		Source:    strings.ToLower(r.text("source")),
		IP:        r.text("ip_address", "actor_ip"),
		UserAgent: r.text("user_agent"),
		RequestID: r.text("request_id"),
		SessionID: r.text("session_id"),
		Raw:       bytes.Clone(raw),
	}
	if e.ID == "" {
		return Event{}, errors.New("read audit event: it has no id")
	}
	if e.At, err = r.time(); err != nil {
		return Event{}, fmt.Errorf("read audit event %s: %w", e.ID, err)
	}
	e.act(r.text("event", "action"))
	e.actor(r)
	e.Changes = changesOf(r, e.Action)
	e.ItemName = nameOf(r, e.Changes)
	return e, nil
}

// A record is the attributes of an event, wherever they stood.
type record struct {
	id         string
	attributes map[string]json.RawMessage
	metadata   map[string]json.RawMessage // what is said of the request beside them
}

// open takes an event out of its envelope.
func open(raw json.RawMessage) (record, error) {
	fields, err := object(raw)
	if err != nil {
		return record{}, err
	}
	var delivery map[string]json.RawMessage // of a webhook
	if inner, err := object(fields["data"]); err == nil {
		delivery, _ = object(fields["event"])
		fields = inner
	}
	r := record{id: text(fields["id"]), attributes: fields}
	if inner, err := object(fields["attributes"]); err == nil {
		r.attributes = inner
	}
	r.metadata, _ = object(r.attributes["metadata"])
	for name, value := range r.metadata {
		if name == "source" || name == "api_key_id" || name == "ip_address" || name == "user_agent" || name == "request_id" || name == "session_id" {
			r.otherwise(name, value)
		}
	}
	if r.id == "" {
		r.id = r.text("id", "event_id")
	}
	r.otherwise("issued_at", delivery["issued_at"])
	return r, nil
}

// otherwise gives an attribute a value where it has none.
func (r record) otherwise(name string, value json.RawMessage) {
	if text(r.attributes[name]) == "" && len(value) > 0 {
		r.attributes[name] = value
	}
}

// text is the first of some attributes that says anything.
func (r record) text(names ...string) string {
	for _, name := range names {
		if s := text(r.attributes[name]); s != "" {
			return s
		}
	}
	return ""
}

// layouts are the ways in which times are written. Those without a zone are in UTC.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999 MST", "2006-01-02 15:04:05.999999999 Z0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
}

func (r record) time() (time.Time, error) {
	said := r.text("created_at", "timestamp", "occurred_at", "issued_at")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, said); err == nil {
			return t.UTC(), nil
		}
	}
	if said == "" {
		return time.Time{}, errors.New("it has no created_at")
	}
	return time.Time{}, fmt.Errorf("created_at %q is not a time", said)
}

// act takes in what was done: "create", or "incident.created", which also names the kind.
func (e *Event) act(said string) {
	kind, what := "", said
	if at := strings.LastIndexByte(said, '.'); at >= 0 {
		kind, what = said[:at], said[at+1:]
	}
	if e.ItemType == "" {
		e.ItemType = kind
	}
	if known, ok := builtIn().lookup(e.ItemType); ok {
		e.ItemType = known
	}
	e.Action = said
	if plain, ok := actions[strings.ToLower(what)]; ok {
		e.Action = plain
	}
}

// actions are the words for the three things that can be done to an object.
var actions = map[string]string{
	"create": "create", "created": "create", "add": "create", "added": "create",
	"update": "update", "updated": "update", "change": "update", "changed": "update",
	"destroy": "destroy", "destroyed": "destroy", "delete": "destroy", "deleted": "destroy", "remove": "destroy", "removed": "destroy",
}

// actor fills in who did it from where some sources put it: whodunnit, or an object.
func (e *Event) actor(r record) {
	for _, name := range []string{"user", "actor"} {
		who, err := object(r.attributes[name])
		if err != nil {
			continue
		}
		e.UserID = either(e.UserID, text(who["id"]))
		e.UserName = either(e.UserName, either(text(who["full_name"]), text(who["name"])))
		e.UserEmail = either(e.UserEmail, text(who["email"]))
	}
	who := r.text("whodunnit")
	switch {
	case who == "" || e.UserID != "":
	case strings.Contains(who, "@"):
		e.UserEmail = either(e.UserEmail, who)
	case strings.Trim(who, "0123456789") == "":
		e.UserID = who
	default:
		e.UserName = either(e.UserName, who)
	}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// nameOf is what people call the object, as it became or, without that, as it was.
func nameOf(r record, changes []Change) string {
	if s := r.text("item_name", "resource_name"); s != "" {
		return s
	}
	before, _ := object(r.attributes["object"])
	for _, name := range []string{"name", "title", "label", "email", "slug", "summary"} {
		c := changeOf(changes, name)
		if s := either(text(c.After), either(text(before[name]), text(c.Before))); s != "" {
			return s
		}
	}
	return ""
}

// Slugs are those that the object had before and after, as far as the event tells.
func (e Event) Slugs() []string {
	c := changeOf(e.Changes, "slug")
	slugs := []string{text(c.Before), text(c.After)}
	if r, err := open(e.Raw); err == nil {
		before, _ := object(unquoted(r.attributes["object"]))
		slugs = append(slugs, text(before["slug"]))
	}
	return slices.DeleteFunc(slugs, func(slug string) bool { return slug == "" })
}

// changeOf is the change of a field, or none.
func changeOf(changes []Change, field string) Change {
	at, found := slices.BinarySearchFunc(changes, field, func(c Change, field string) int { return strings.Compare(c.Field, field) })
	if !found {
		return Change{}
	}
	return changes[at]
}

var errNoObject = errors.New("it is not a JSON object")

// object decodes an object's fields; anything else, null included, is an error.
func object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return nil, errNoObject
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	return fields, nil
}

// text is what a string says, or a number exactly as it is written. Of anything else it is empty.
func text(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case c == '-' || c >= '0' && c <= '9':
		return string(raw)
	}
	return ""
}
