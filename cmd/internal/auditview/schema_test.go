package auditview

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A flatEvent is an event in the format flat, which has no type of its own: its cells are columns of a table as well.
type flatEvent struct {
	ID            string                       `json:"id"`
	CreatedAt     string                       `json:"created_at"`
	Action        string                       `json:"action"`
	ItemType      string                       `json:"item_type"`
	ItemID        string                       `json:"item_id"`
	ItemName      string                       `json:"item_name"`
	UserID        string                       `json:"user_id"`
	UserName      string                       `json:"user_name"`
	UserEmail     string                       `json:"user_email"`
	Source        string                       `json:"source"`
	APIKeyID      string                       `json:"api_key_id"`
	IPAddress     string                       `json:"ip_address"`
	UserAgent     string                       `json:"user_agent"`
	RequestID     string                       `json:"request_id"`
	SessionID     string                       `json:"session_id"`
	ChangedFields string                       `json:"changed_fields"`
	Changes       map[string][]json.RawMessage `json:"changes"`
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "audit-summary", "What audit summary --output json prints.", []report.Count{})
	schematest.Match(t, "audit-flat", "An event of the audit log with --format flat: one element of a list, or one line.", flatEvent{})
	fields := reflect.TypeFor[flatEvent]()
	for i, column := range audit.Columns() {
		if i >= fields.NumField() || fields.Field(i).Tag.Get("json") != column {
			t.Errorf("column %d is %s, which the schema has not in its place", i, column)
		}
	}
}
