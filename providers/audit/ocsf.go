package audit

import (
	"encoding/json"
	"net/netip"
	"regexp"
)

// Names and numbers of OCSF's classes: for changes of managed objects, and for sign-ins.
const (
	ocsfVersion  = "1.6.0"
	ocsfCategory = 3
	ocsfClass    = 3004
	ocsfSignIn   = 3002
	ocsfOther    = 99 // of activities and of types of entities
)

// An ocsfEvent is an event of OCSF's classes Entity Management and Authentication. Everything that the class has no
// field for is in Unmapped under its own name.
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
	User         *ocsfUser       `json:"user,omitempty"`    // of a sign-in
	Service      *ocsfService    `json:"service,omitempty"` // of a sign-in
	Entity       *ocsfEntity     `json:"entity,omitempty"`  // of a change
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

type ocsfService struct {
	Name string `json:"name"`
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
	User   *ocsfUser       `json:"user,omitempty"`
	Group  *ocsfGroup      `json:"group,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

type ocsfGroup struct {
	UID  string `json:"uid,omitempty"`
	Name string `json:"name,omitempty"`
}

type ocsfEndpoint struct {
	IP string `json:"ip"`
}

type ocsfRequest struct {
	UID       string `json:"uid,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
}

// activities are OCSF's numbers and names of actions.
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
	entity := entityOf(e, contentBefore(e, r))
	o := ocsfEvent{
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
			UID: e.ID, EventCode: r.text("event", "action"), OriginalTime: r.text(times...), LogName: "audits",
		},
		Actor:        actorOf(e),
		Entity:       &entity,
		EntityResult: resultOf(e),
		SrcEndpoint:  endpointOf(e),
		HTTPRequest:  requestOf(e),
		Unmapped:     unmapped(e, r),
	}
	if e.ItemType == signIn && e.Action == "create" {
		o.authenticate(e)
	}
	return o
}

// signIn is the item type of sign-ins.
const signIn = "LoginActivity"

// authenticate makes an event of the class Authentication: a sign-in, or a failed one.
func (o *ocsfEvent) authenticate(e Event) {
	o.ActivityID, o.ActivityName = 1, "Logon"
	o.ClassUID, o.ClassName = ocsfSignIn, "Authentication"
	o.TypeUID, o.TypeName = ocsfSignIn*100+1, "Authentication: Logon"
	o.Entity, o.EntityResult = nil, nil
	o.Service = &ocsfService{Name: "Rootly"}
	if o.User = (&ocsfUser{Name: "Unknown"}); o.Actor != nil && o.Actor.User != nil {
		o.User = o.Actor.User
	}
	done := "signed in"
	if string(changeOf(e.Changes, "success").After) == "false" {
		o.StatusID, o.Status, done = 2, "Failure", "failed to sign in"
	}
	o.Message = either(e.UserName, either(e.UserEmail, either(e.UserID, "somebody"))) + " " + done
}

// email is the form of an address that OCSF requires.
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

// entityOf describes the object. OCSF requires an id or a name; events without either are about the organisation, and
// use the event's id.
func entityOf(e Event, content json.RawMessage) ocsfEntity {
	entity := ocsfEntity{UID: e.ItemID, Name: e.ItemName, TypeID: ocsfOther, Type: either(e.ItemType, "Other"), Data: content}
	if entity.UID == "" && entity.Name == "" {
		entity.UID = e.ID
	}
	switch e.ItemType {
	case "User", "Membership":
		entity.TypeID, entity.Type, entity.User = 2, "User", &ocsfUser{UID: entity.UID, Name: entity.Name}
	case "Group":
		entity.TypeID, entity.Type, entity.Group = 3, "Group", &ocsfGroup{UID: entity.UID, Name: entity.Name}
	}
	return entity
}

// contentBefore is the whole object before the change if it was recorded, otherwise what is known of it.
func contentBefore(e Event, r record) json.RawMessage {
	if from, whole := r.unquoted("object"); whole.kind == '{' && len(whole.parts) > 0 {
		return whole.in(from.raw)
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

// mapped are the attributes that have a field in the class.
var mapped = map[string]bool{
	"id": true, "event": true, "action": true, "created_at": true, "timestamp": true, "occurred_at": true, "issued_at": true,
	"item_type": true, "item_id": true, "item_name": true, "resource_type": true, "resource_id": true, "resource_name": true,
	"object": true, "object_changes": true, "changes": true, "user_id": true, "user_name": true, "user_email": true,
	"actor_id": true, "actor_name": true, "actor_email": true, "request_id": true, "session_id": true, "user_agent": true,
}

// ofEntity are the attributes for which only the class of changes has a field.
var ofEntity = map[string]bool{
	"item_type": true, "item_id": true, "item_name": true, "resource_type": true, "resource_id": true, "resource_name": true,
	"object": true, "object_changes": true, "changes": true,
}

// unmapped is everything else in the event.
func unmapped(e Event, r record) json.RawMessage {
	var rest []Change
	if r.attributes == nil {
		return nil
	}
	for i := range r.attributes.parts {
		part := &r.attributes.parts[i]
		address := (part.key == "ip_address" || part.key == "actor_ip") && endpointOf(e) != nil
		hasPlace := mapped[part.key] || address
		if e.ItemType == signIn || e.ItemType == "Membership" && part.key == "item_type" {
			hasPlace = hasPlace && !ofEntity[part.key]
		}
		if said := part.in(r.raw); !hasPlace && !isNull(said) {
			rest = append(rest, Change{Field: part.key, After: said})
		}
	}
	return side(sorted(rest), func(c Change) json.RawMessage { return c.After })
}
