// Package audit is the record of who changed what in a Rootly organisation.
//
//	API answer, webhook or sample record ──► Parse ──► Event ──► Redact ──► formats: raw, flat, OCSF
//
// Not here: asking the API, keeping events, printing them.
package audit

import (
	"encoding/json"
	"time"
)

// An Event is one recorded change. Fields that the source does not have are empty; Raw contains everything that it has.
type Event struct {
	ID       string    // unique in the organisation
	At       time.Time // created_at
	Action   string    // create, update or destroy
	ItemType string    // as the API calls it, such as "GeniusWorkflow"
	ItemID   string
	ItemName string // from the object, where it has one

	UserID    string
	UserName  string
	UserEmail string
	APIKeyID  string
	Source    string // web, api, mobile, slack, scim or oauth

	IP        string
	UserAgent string
	RequestID string
	SessionID string

	Changes []Change        // sorted by field
	Raw     json.RawMessage // in the shape of the API, whatever the source

	Redacted bool // by [Redact], in this run or before it was stored
}

// A Change is one field before and after.
type Change struct {
	Field  string
	Before json.RawMessage // null where the object was created
	After  json.RawMessage // null where it was destroyed
}

// String says in a few words who did what: "Ada Okafor updated Group sre".
func (e Event) String() string {
	done := map[string]string{"create": "created", "update": "updated", "destroy": "destroyed"}[e.Action]
	who := either(e.UserName, either(e.UserEmail, either(e.UserID, "somebody")))
	return who + " " + either(done, either(e.Action, "touched")) + " " + either(e.ItemType, "something") + " " + either(e.ItemName, either(e.ItemID, "without a name"))
}

// A Batch is the content of one answer of the API.
type Batch struct {
	Events []Event

	// Unreadable are the entries of the answer that are not usable events.
	Unreadable []*Unreadable

	// Incomplete says why events may be missing from the answers so far. It is set on the last.
	Incomplete string
}
