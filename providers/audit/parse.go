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

// Parse reads one event in any form in which Rootly delivers it: an object of the JSON:API answer, the payload of the
// webhook audit_log.created, or the sample of its connectors. Unknown fields stay in Raw.
//
// An event without an id or a time is an error of type [*Unreadable], since it could be neither identified nor sorted.
// The id of a webhook delivery does not count: the API has another id for the event.
func Parse(raw json.RawMessage) (Event, error) {
	_, e, err := parse(raw)
	if err != nil {
		return Event{}, unreadable(raw, err)
	}
	return e, nil
}

func unreadable(raw json.RawMessage, err error) *Unreadable {
	return &Unreadable{Raw: Redact(Event{Raw: bytes.Clone(raw)}).Raw, Err: err}
}

// Unreadable is an error about data that is not an event, or one that cannot be stored.
type Unreadable struct {
	Raw json.RawMessage // as received, without credentials
	Err error
}

// Error says why.
func (u *Unreadable) Error() string { return u.Err.Error() }

// Unwrap returns the reason.
func (u *Unreadable) Unwrap() error { return u.Err }

// ParseRedacted is [Parse] and then [Redact], in half the time.
func ParseRedacted(raw json.RawMessage) (Event, error) {
	r, e, err := parse(raw)
	if err != nil {
		return Event{}, unreadable(raw, err)
	}
	return r.redact(e), nil
}

func parse(raw json.RawMessage) (record, Event, error) {
	r, err := open(raw)
	if err != nil {
		return r, Event{}, fmt.Errorf("read audit event: %w", err)
	}
	e, err := r.event()
	return r, e, err
}

// event is the content of the record.
func (r record) event() (e Event, err error) {
	e = Event{
		ID:        r.id,
		ItemType:  r.text("item_type", "resource_type"),
		ItemID:    r.text("item_id", "resource_id"),
		UserID:    r.text("user_id", "actor_id"),
		UserName:  r.text("user_name", "actor_name"),
		UserEmail: r.text("user_email", "actor_email"),
		APIKeyID:  r.request("api_key_id"),
		Source:    strings.ToLower(r.request("source")),
		IP:        r.request("ip_address", "actor_ip", "ip"),
		UserAgent: r.request("user_agent", "userAgent"),
		RequestID: r.request("request_id"),
		SessionID: r.request("session_id"),
		Raw:       r.raw,
	}
	if e.ID == "" {
		return Event{}, errors.New("read audit event: it has no id")
	}
	if e.At, err = r.time(); err != nil {
		return Event{}, fmt.Errorf("read audit event %s: %w", e.ID, err)
	}
	e.act(r.text("event", "action"))
	e.actor(r)
	e.Changes, _ = changesOf(r, e.Action)
	e.ItemName = nameOf(r, e.Changes)
	return e, nil
}

// A record is the attributes of an event, from any of the forms.
type record struct {
	raw        []byte // in the shape of the API
	id         string
	attributes *value
	metadata   *value // facts about the request next to them
	top        *value
	edits      []edit // that remove the credentials
}

// open takes an event out of its envelope, and gives it the shape of the API's answers.
func open(raw json.RawMessage) (record, error) {
	raw, err := compacted(raw)
	if err != nil {
		return record{}, err
	}
	top, err := parseTree(raw)
	if err != nil {
		return record{}, err
	}
	if top.kind != '{' {
		return record{}, errNoObject
	}
	attributes := top.get("attributes")
	if attributes == nil || attributes.kind != '{' || top.get("id").said() == "" || top.get("data") != nil {
		if raw = shaped(raw, &top); raw == nil {
			return record{}, nil
		}
		if top, err = parseTree(raw); err != nil {
			return record{}, err
		}
		attributes = top.get("attributes")
	}
	return record{raw: raw, id: top.get("id").said(), attributes: attributes, metadata: attributes.get("metadata"), top: &top}, nil
}

// compacted is a copy of a JSON text without white space around its parts.
func compacted(raw []byte) ([]byte, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, errNoObject
	}
	if bytes.IndexByte(raw, '\n') < 0 && !bytes.Contains(raw, []byte(`": `)) && !bytes.Contains(raw, []byte(`, "`)) {
		return bytes.Clone(raw), nil
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	return b.Bytes(), nil
}

// shaped gives an event of a webhook, or of the connectors' sample, the shape of the API. Without an id it is nil.
func shaped(raw []byte, top *value) []byte {
	fields := top
	var delivery *value // of a webhook
	if inner := top.get("data"); inner != nil && inner.kind == '{' {
		delivery, fields = top.get("event"), inner
	}
	attributes := fields
	if inner := fields.get("attributes"); inner != nil && inner.kind == '{' {
		attributes = inner
	}
	r := record{attributes: attributes}
	id := either(fields.get("id").said(), r.text("id", "event_id"))
	if id == "" {
		return nil
	}
	out := appendQuoted([]byte(`{"id":`), id)
	out = append(out, `,"type":"audits","attributes":{`...)
	inside := raw[attributes.start+1 : attributes.end]
	if at := delivery.get("issued_at").said(); at != "" && r.text(times...) == "" {
		out = append(appendQuoted(append(out, `"created_at":`...), at), ',')
		if len(attributes.parts) == 0 {
			out = out[:len(out)-1]
		}
	}
	return append(append(out, inside...), '}')
}

// text is the first non-empty one of some attributes.
func (r record) text(names ...string) string {
	for _, name := range names {
		if s := r.attributes.get(name).said(); s != "" {
			return s
		}
	}
	return ""
}

// request is the first non-empty one of some facts about the request: sources put them next to the others or into an
// object.
func (r record) request(names ...string) string {
	if s := r.text(names...); s != "" {
		return s
	}
	return record{attributes: r.metadata}.text(names...)
}

// layouts are the forms of times. Those without a zone are in UTC.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999 MST", "2006-01-02 15:04:05.999999999 Z0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
}

// times are the attributes for the time of the event.
var times = []string{"created_at", "timestamp", "occurred_at", "issued_at"}

func (r record) time() (time.Time, error) {
	said := r.text(times...)
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

// act reads the action: "create", or "incident.created", which also names the kind.
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

// actions are the words for the three actions.
var actions = map[string]string{
	"create": "create", "created": "create", "add": "create", "added": "create",
	"update": "update", "updated": "update", "change": "update", "changed": "update",
	"destroy": "destroy", "destroyed": "destroy", "delete": "destroy", "deleted": "destroy", "remove": "destroy", "removed": "destroy",
}

// actor fills in who made the change from other places that sources use: whodunnit, or an object.
func (e *Event) actor(r record) {
	for _, name := range []string{"user", "actor"} {
		who := r.attributes.get(name)
		e.UserID = either(e.UserID, who.get("id").said())
		e.UserName = either(e.UserName, either(who.get("full_name").said(), who.get("name").said()))
		e.UserEmail = either(e.UserEmail, who.get("email").said())
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

// nameOf is the name of the object after the change or, without that, before it.
func nameOf(r record, changes []Change) string {
	if s := r.text("item_name", "resource_name"); s != "" {
		return s
	}
	before := r.attributes.get("object")
	for _, name := range []string{"name", "title", "label", "email", "slug", "summary"} {
		c := changeOf(changes, name)
		if s := either(text(c.After), either(before.get(name).said(), text(c.Before))); s != "" {
			return s
		}
	}
	return ""
}

// Slugs are the slugs of the object before and after, as far as the event has them.
func (e Event) Slugs() []string {
	c := changeOf(e.Changes, "slug")
	slugs := []string{text(c.Before), text(c.After)}
	if r, err := open(e.Raw); err == nil {
		_, before := r.unquoted("object")
		slugs = append(slugs, before.get("slug").said())
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

// text is the content of a string, or a number exactly as it is written. For anything else it is empty.
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
