// Package history makes up a believable month of changes in a synthetic organisation.
//
//	objects, seed, end ──► Events ──► sandbox.Server.Record ──► audits
//
// The same objects, seed and end give the same events. An update leads to what the object is
// now, and what was destroyed is not among the objects, so the record agrees with what is there.
//
// Not here: any change of the objects themselves.
package history

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// Options say which month is made up.
type Options struct {
	Objects []sandbox.Object // what is changed, and who changes it
	Until   time.Time        // when the month ends
	Seed    uint64
}

const (
	span   = 30 * 24 * time.Hour
	single = 48 // changes by one person at a time
	burst  = 7  // changes that one run of Terraform makes within a second
)

// Events returns the changes, the oldest first.
func Events(o Options) []sandbox.Event {
	m := month{rand: rand.New(rand.NewPCG(o.Seed, 0x617564697473)), until: o.Until}
	m.sort(o.Objects)
	m.people()
	for range single {
		m.oneChange()
	}
	for range 2 {
		m.apply()
	}
	m.stories()
	sort.SliceStable(m.events, func(i, j int) bool { return m.events[i].At.Before(m.events[j].At) })
	return m.events
}

// A month is a month that is being made up.
type month struct {
	rand   *rand.Rand
	until  time.Time
	users  []sandbox.Actor
	things []thing
	events []sandbox.Event
}

// A thing is an object whose changes Rootly records.
type thing struct {
	kind, id   string
	attributes map[string]json.RawMessage
}

// sort parts users from things.
func (m *month) sort(objects []sandbox.Object) {
	kinds := map[string]string{"incidents": "Incident"}
	for _, t := range catalogue.Types() {
		if t.Audit != "" {
			kinds[t.API] = t.Audit
		}
	}
	for _, o := range objects {
		var body struct {
			Attributes map[string]json.RawMessage `json:"attributes"`
		}
		if json.Unmarshal(o.Body, &body) != nil {
			continue
		}
		if o.API == "users" {
			id, _ := strconv.Atoi(o.ID)
			m.users = append(m.users, sandbox.Actor{ID: id, Name: said(body.Attributes["full_name"]), Email: said(body.Attributes["email"])})
		}
		if kinds[o.API] != "" && isOrdinary(said(body.Attributes["name"])) {
			m.things = append(m.things, thing{kinds[o.API], o.ID, body.Attributes})
		}
	}
}

// isOrdinary reports whether a name is one that people would give. Synthetic organisations also have others, to test
// importers.
func isOrdinary(name string) bool {
	for _, r := range name {
		if !(r == ' ' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return false
		}
	}
	return strings.Contains(strings.TrimSpace(name), " ")
}

// people keeps the few who change settings; most of an organisation never does.
func (m *month) people() {
	if len(m.users) == 0 {
		m.users = []sandbox.Actor{{ID: 1, Name: "Ada Okafor", Email: "ada-okafor@example.com"}}
	}
	m.rand.Shuffle(len(m.users), func(i, j int) { m.users[i], m.users[j] = m.users[j], m.users[i] })
	m.users = m.users[:min(len(m.users), 6)]
}

const browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"

// someone is a person with one of the sources of changes.
func (m *month) someone() sandbox.Actor {
	a := m.users[m.rand.IntN(len(m.users))]
	switch n := m.rand.IntN(10); {
	case n < 6:
		a.Source, a.UserAgent, a.SessionID = "web", browser, m.fingerprint(a)
	case n < 8:
		a.Source, a.UserAgent = "slack", "Slackbot 1.0 (+https://api.slack.com/robots)"
	default:
		a.Source, a.UserAgent = "mobile", "Rootly/4.12.0 (iOS 26.1)"
	}
	a.IP = "198.51.100." + strconv.Itoa(10+a.ID%200)
	return a
}

// fingerprint is the session of a person, which lasts for the month.
func (m *month) fingerprint(a sandbox.Actor) string {
	r := rand.New(rand.NewPCG(uint64(a.ID), 0x73657373696f6e))
	var b strings.Builder
	for range 64 {
		b.WriteByte("0123456789abcdef"[r.IntN(16)])
	}
	return b.String()
}

// moment is some time within working hours, to the millisecond.
func (m *month) moment() time.Time {
	day := m.until.Add(-span).Add(time.Duration(m.rand.Int64N(int64(span))))
	at := time.Date(day.Year(), day.Month(), day.Day(), 8+m.rand.IntN(10), m.rand.IntN(60), m.rand.IntN(60), m.rand.IntN(1000)*1e6, time.UTC)
	for !at.Before(m.until) {
		at = at.Add(-24 * time.Hour)
	}
	return at
}

func (m *month) add(e sandbox.Event, changes map[string][2]json.RawMessage) {
	e.Changes = encoded(changes)
	m.events = append(m.events, e)
}

// oneChange is a person editing one object.
func (m *month) oneChange() {
	if len(m.things) == 0 {
		return
	}
	t := m.things[m.rand.IntN(len(m.things))]
	if changes := m.edit(t); len(changes) > 0 {
		m.add(t.event("update", m.moment(), m.someone(), changes), changes)
	}
}

// apply is a run of Terraform: several objects at the same moment, by a key.
func (m *month) apply() {
	at := m.moment()
	a := sandbox.Actor{
		ID: m.users[0].ID, Name: m.users[0].Name, Email: m.users[0].Email, Source: "api", APIKeyID: "5e1f6c0a-0c5e-4c0e-9a51-7d3f0f4b2c11",
		IP: "203.0.113.24", UserAgent: "Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-rootly/5.20.1",
	}
	for range min(burst, len(m.things)) {
		t := m.things[m.rand.IntN(len(m.things))]
		if changes := m.edit(t); len(changes) > 0 {
			m.add(t.event("update", at, a, changes), changes)
		}
	}
}

// event is a change of t, whose attributes are those after an update.
func (t thing) event(what string, at time.Time, a sandbox.Actor, changes map[string][2]json.RawMessage) sandbox.Event {
	before := map[string]json.RawMessage{"id": encoded(t.id)}
	for name, v := range t.attributes {
		before[name] = v
	}
	for name, pair := range changes {
		before[name] = pair[0]
	}
	return sandbox.Event{Event: what, ItemType: t.kind, ItemID: t.id, Object: encoded(before), Actor: a, At: at}
}

// edit returns what an object may have been before, with changes in one or two attributes.
func (m *month) edit(t thing) map[string][2]json.RawMessage {
	changes := map[string][2]json.RawMessage{}
	was := func(name string, before json.RawMessage) {
		if string(before) != string(t.attributes[name]) {
			changes[name] = [2]json.RawMessage{before, t.attributes[name]}
		}
	}
	text := func(name string) string { return said(t.attributes[name]) }
	switch n := m.rand.IntN(6); {
	case n == 0 && text("color") != "":
		was("color", encoded("#C4C4C4"))
	case n == 1 && text("name") != "":
		was("name", encoded(strings.TrimSpace("Copy of "+text("name"))))
	case n == 2 && len(t.attributes["enabled"]) > 0:
		was("enabled", encoded(string(t.attributes["enabled"]) != "true"))
	case n == 3 && text("slug") != "":
		was("slug", encoded(text("slug")+"-old"))
	}
	if d := text("description"); d != "" && len(changes) == 0 {
		was("description", encoded(m.earlier(d)))
	}
	return changes
}

// earlier is an earlier form of a text.
func (m *month) earlier(text string) string {
	words := strings.Split(text, " ")
	words[m.rand.IntN(len(words))] = []string{"TODO", "mostly", "legacy", "internal"}[m.rand.IntN(4)]
	return strings.Join(words, " ")
}

func said(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

func encoded[T any](v T) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // of texts, truths and maps of them: cannot fail
	return bytes.TrimSpace(b.Bytes())
}
