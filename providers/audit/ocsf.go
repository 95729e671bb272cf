package audit

import (
	"encoding/json"
	"net/netip"
	"regexp"
)

// Names and numbers of OCSF's class for changes of managed objects.
const (
	ocsfVersion  = "1.6.0"
	ocsfCategory = 3
	ocsfClass    = 3004
	ocsfOther    = 99 // of activities and of types of entities
)

// An ocsfEvent is an event of OCSF's class Entity Management. What the class has no place for is
// in Unmapped under its own name.
type ocsfEvent struct {
	ActivityID   int             `json:"activity_id"`
	ActivityName string          `json:"activity_name"`
	CategoryUID  int             `json:"category_uid"`
	CategoryName string          `json:"category_name"`
	ClassUID     int             `json:"class_uid"`
	ClassName    string          `json:"class_name"`
	TypeUID      int             `json:"type_uid"`
	TypeName     string          `json:"type_name"`
	SeverityID   int             `json:"severity_id"`
	Severity     string          `json:"severity"`
	StatusID     int             `json:"status_id"`
	Status       string          `json:"status"`
	Time         int64           `json:"time"` // milliseconds
	Message      string          `json:"message"`
	Metadata     ocsfMetadata    `json:"metadata"`
	Actor        *ocsfActor      `json:"actor,omitempty"`
	Entity       ocsfEntity      `json:"entity"`
	EntityResult *ocsfEntity     `json:"entity_result,omitempty"`
	SrcEndpoint  *ocsfEndpoint   `json:"src_endpoint,omitempty"`
	HTTPRequest  *ocsfRequest    `json:"http_request,omitempty"`
	Unmapped     json.RawMessage `json:"unmapped,omitempty"`
}

type ocsfMetadata struct {
	Version      string      `json:"version"`
	Product      ocsfProduct `json:"product"`
	UID          string      `json:"uid"`
	EventCode    string      `json:"event_code,omitempty"`
	OriginalTime string      `json:"original_time,omitempty"`
	LogName      string      `json:"log_name"`
}

type ocsfProduct struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
}

type ocsfActor struct {
	User    *ocsfUser    `json:"user,omitempty"`
	Session *ocsfSession `json:"session,omitempty"`
}

type ocsfUser struct {
	UID         string           `json:"uid,omitempty"`
	Name        string           `json:"name,omitempty"`
	FullName    string           `json:"full_name,omitempty"`
	EmailAddr   string           `json:"email_addr,omitempty"`
	Credentials []ocsfCredential `json:"programmatic_credentials,omitempty"`
}

type ocsfCredential struct {
	UID  string `json:"uid"`
	Type string `json:"type"`
}

type ocsfSession struct {
	UID string `json:"uid"`
}

type ocsfEntity struct {
	UID    string          `json:"uid,omitempty"`
	Name   string          `json:"name,omitempty"`
	TypeID int             `json:"type_id"`
	Type   string          `json:"type"`
	Data   json.RawMessage `json:"data,omitempty"`
}

type ocsfEndpoint struct {
	IP string `json:"ip"`
}

type ocsfRequest struct {
	UID       string `json:"uid,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
}

// activities are OCSF's numbers and names for what can be done.
var activities = map[string]struct {
	id   int
	name string
}{
	"create": {1, "Create"}, "read": {2, "Read"}, "update": {3, "Update"}, "destroy": {4, "Delete"},
}

func ocsfOf(e Event) ocsfEvent {
	activity, known := activities[e.Action]
	if !known {
		activity.id, activity.name = ocsfOther, either(e.Action, "Other")
	}
	r, _ := open(e.Raw)
	return ocsfEvent{
		ActivityID: activity.id, ActivityName: activity.name,
		CategoryUID: ocsfCategory, CategoryName: "Identity & Access Management",
		ClassUID: ocsfClass, ClassName: "Entity Management",
		TypeUID: ocsfClass*100 + activity.id, TypeName: "Entity Management: " + activity.name,
		SeverityID: 1, Severity: "Informational",
		StatusID: 1, Status: "Success", // only what happened is recorded
		Time:    e.At.UnixMilli(),
		Message: e.String(),
		Metadata: ocsfMetadata{
			Version: ocsfVersion, Product: ocsfProduct{Name: "Rootly", VendorName: "Rootly"},
			UID: e.ID, EventCode: r.text("event", "action"), OriginalTime: r.text("created_at", "timestamp", "occurred_at", "issued_at"), LogName: "audits",
		},
		Actor:        actorOf(e),
		Entity:       entityOf(e, contentBefore(e, r)),
		EntityResult: resultOf(e),
		SrcEndpoint:  endpointOf(e),
		HTTPRequest:  requestOf(e),
		Unmapped:     unmapped(e, r),
	}
}

// email is the form that OCSF demands of an address.
var email = regexp.MustCompile(`^[a-zA-Z0-9!#$%&'*+\-/=?^_{|}~.` + "`" + `]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$`)

func actorOf(e Event) *ocsfActor {
	var a ocsfActor
	if name := either(e.UserEmail, e.UserName); name != "" || e.UserID != "" {
		a.User = &ocsfUser{UID: e.UserID, Name: name, FullName: e.UserName}
		if email.MatchString(e.UserEmail) {
			a.User.EmailAddr = e.UserEmail
		}
		if e.APIKeyID != "" {
			a.User.Credentials = []ocsfCredential{{UID: e.APIKeyID, Type: "API Key"}}
		}
	}
	if e.SessionID != "" {
		a.Session = &ocsfSession{UID: e.SessionID}
	}
	if a.User == nil && a.Session == nil {
		return nil
	}
	return &a
}

// entityOf describes the object. OCSF wants an id or a name; events without either are of the
// organisation's own record, and carry the event's id.
func entityOf(e Event, content json.RawMessage) ocsfEntity {
	entity := ocsfEntity{UID: e.ItemID, Name: e.ItemName, TypeID: ocsfOther, Type: either(e.ItemType, "Other"), Data: content}
	if entity.UID == "" && entity.Name == "" {
		entity.UID = e.ID
	}
	return entity
}

// contentBefore is the whole object as it was, where it was recorded, and else what is known of it.
func contentBefore(e Event, r record) json.RawMessage {
	whole := unquoted(r.attributes["object"])
	if fields, err := object(whole); err == nil && len(fields) > 0 {
		return whole
	}
	return side(e.Changes, func(c Change) json.RawMessage { return c.Before })
}

func resultOf(e Event) *ocsfEntity {
	content := side(e.Changes, func(c Change) json.RawMessage { return c.After })
	if e.Action == "destroy" || content == nil {
		return nil
	}
	entity := entityOf(e, content)
	return &entity
}

func endpointOf(e Event) *ocsfEndpoint {
	if a, err := netip.ParseAddr(e.IP); err != nil || a.Zone() != "" {
		return nil
	}
	return &ocsfEndpoint{IP: e.IP}
}

func requestOf(e Event) *ocsfRequest {
	if e.RequestID == "" && e.UserAgent == "" {
		return nil
	}
	return &ocsfRequest{UID: e.RequestID, UserAgent: e.UserAgent}
}

// mapped are the attributes that have a place in the class.
var mapped = map[string]bool{
	"id": true, "event": true, "action": true, "created_at": true, "timestamp": true, "occurred_at": true, "issued_at": true,
	"item_type": true, "item_id": true, "item_name": true, "resource_type": true, "resource_id": true, "resource_name": true,
	"object": true, "object_changes": true, "changes": true, "user_id": true, "user_name": true, "user_email": true,
	"actor_id": true, "actor_name": true, "actor_email": true, "request_id": true, "session_id": true, "user_agent": true,
}

// unmapped is what else the event says.
func unmapped(e Event, r record) json.RawMessage {
	var rest []Change
	for name, value := range r.attributes {
		address := (name == "ip_address" || name == "actor_ip") && endpointOf(e) != nil
		if !mapped[name] && !address && !isNull(value) {
			rest = append(rest, Change{Field: name, After: value})
		}
	}
	return side(sorted(rest), func(c Change) json.RawMessage { return c.After })
}
