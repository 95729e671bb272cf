package audit

import (
	"slices"
	"strings"
	"time"
)

// ecsVersion is the version of the Elastic Common Schema that is used.
const ecsVersion = "8.17.0"

// An ecsEvent has the fields of the Elastic Common Schema. Everything else is below "rootly".
type ecsEvent struct {
	Timestamp string        `json:"@timestamp"`
	ECS       ecsSchema     `json:"ecs"`
	Message   string        `json:"message"`
	Event     ecsAction     `json:"event"`
	User      *ecsUser      `json:"user,omitempty"`
	Source    *ocsfEndpoint `json:"source,omitempty"`
	UserAgent *ecsAgent     `json:"user_agent,omitempty"`
	Related   *ecsRelated   `json:"related,omitempty"`
	Rootly    ecsRootly     `json:"rootly"`
}

type ecsSchema struct {
	Version string `json:"version"`
}

type ecsAction struct {
	Kind     string   `json:"kind"`
	Category []string `json:"category"`
	Type     []string `json:"type"`
	Action   string   `json:"action,omitempty"`
	Outcome  string   `json:"outcome,omitempty"`
	ID       string   `json:"id"`
	Module   string   `json:"module"`
	Dataset  string   `json:"dataset"`
	Original string   `json:"original"`
}

type ecsUser struct {
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

type ecsAgent struct {
	Original string `json:"original"`
}

type ecsRelated struct {
	User []string `json:"user,omitempty"`
	IP   []string `json:"ip,omitempty"`
}

// ecsRootly has few fields, whatever was changed: the number of fields in a mapping is limited.
type ecsRootly struct {
	ItemType  string   `json:"item_type,omitempty"`
	ItemID    string   `json:"item_id,omitempty"`
	ItemName  string   `json:"item_name,omitempty"`
	Source    string   `json:"source,omitempty"`
	APIKeyID  string   `json:"api_key_id,omitempty"`
	RequestID string   `json:"request_id,omitempty"`
	SessionID string   `json:"session_id,omitempty"`
	Fields    []string `json:"changed_fields,omitempty"`
}

// ecsTypes are the schema's words for actions.
var ecsTypes = map[string]string{"create": "creation", "update": "change", "destroy": "deletion"}

// ecsAccess are the item types about permissions, with the schema's word for whom they concern.
var ecsAccess = map[string]string{
	"Membership": "user", "User": "user", "Group": "group", "GroupUser": "group", "Role": "admin", "OnCallRole": "admin",
	"IncidentPermissionSet": "admin", "ApiKey": "admin",
}

func encodeECS(e Event) ([]byte, error) {
	original, err := FormatRaw.Encode(e)
	if err != nil {
		return nil, err
	}
	d := ecsEvent{
		Timestamp: e.At.UTC().Format(time.RFC3339Nano), ECS: ecsSchema{ecsVersion}, Message: e.String(),
		Event: ecsActionOf(e), Source: endpointOf(e),
		Rootly: ecsRootly{e.ItemType, e.ItemID, e.ItemName, e.Source, e.APIKeyID, e.RequestID, e.SessionID, nil},
	}
	d.Event.Original = string(original)
	for _, c := range e.Changes {
		d.Rootly.Fields = append(d.Rootly.Fields, c.Field)
	}
	var related ecsRelated
	if u := (ecsUser{either(e.UserID, e.UserEmail), e.UserName, e.UserEmail}); u != (ecsUser{}) {
		d.User = &u
	}
	for _, name := range []string{e.UserID, e.UserName, e.UserEmail} {
		if name != "" {
			related.User = append(related.User, name)
		}
	}
	if d.Source != nil {
		related.IP = []string{e.IP}
	}
	if len(related.User)+len(related.IP) > 0 {
		d.Related = &related
	}
	if e.UserAgent != "" {
		d.UserAgent = &ecsAgent{e.UserAgent}
	}
	return encode(e.ID, d)
}

func ecsActionOf(e Event) ecsAction {
	done := either(ecsTypes[e.Action], "info")
	a := ecsAction{
		Kind: "event", Category: []string{"configuration"}, Type: []string{done}, ID: e.ID, Module: "rootly", Dataset: "rootly.audit",
		Action: strings.Trim(e.ItemType+"."+e.Action, "."),
	}
	switch whom := ecsAccess[e.ItemType]; {
	case e.ItemType == "LoginActivity":
		a.Category, a.Type = []string{"authentication"}, []string{"start"}
	case whom != "":
		a.Category, a.Type = []string{"iam"}, []string{done, whom}
	}
	if slices.Contains([]string{"create", "update", "destroy"}, e.Action) && e.ItemType != "LoginActivity" {
		a.Outcome = "success" // only what happened is recorded
	}
	return a
}
