package audit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A shape is what the published schema says of a class or an object.
type shape struct {
	Required   []string         `json:"required"`
	AtLeastOne []string         `json:"at_least_one"`
	Enums      map[string][]int `json:"enums"`
	Attributes []string         `json:"attributes"`
}

type schema struct {
	Version string           `json:"version"`
	Classes map[string]shape `json:"classes"`
	Objects map[string]shape `json:"objects"`
}

// objectOf names the objects of the schema by the attributes that hold them.
var objectOf = map[string]string{
	"actor": "actor", "metadata": "metadata", "product": "product", "entity": "managed_entity", "entity_result": "managed_entity", "user": "user",
	"group": "group", "session": "session", "src_endpoint": "network_endpoint", "http_request": "http_request", "service": "service",
}

// TestOCSFFollowsTheSchema holds events of each kind against the required attributes and the enumerations of the published schema.
func TestOCSFFollowsTheSchema(t *testing.T) {
	t.Parallel()
	var s schema
	content, err := os.ReadFile("testdata/ocsf-1.6.0.json")
	if err == nil {
		err = json.Unmarshal(content, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	who := `"user_id":42,"user_name":"Ada","user_email":"ada@example.com","metadata":{"ip":"192.0.2.7","user_agent":"curl/8"},"session_id":"s","request_id":"r",`
	for name, c := range map[string]struct {
		said             string
		class, id        int
		typeID, statusID int
	}{
		"group":         {who + `"event":"update","item_type":"Group","item_id":"g","object_changes":{"name":["a","b"]}`, 3004, 3, 3, 1},
		"user":          {who + `"event":"create","item_type":"Membership","item_id":"7","object_changes":{"email":[null,"bo@example.com"]}`, 3004, 1, 2, 1},
		"other":         {`"event":"destroy","item_type":"Severity"`, 3004, 4, 99, 1},
		"odd":           {`"event":"merged"`, 3004, 99, 99, 1},
		"sign-in":       {who + `"event":"create","item_type":"LoginActivity","item_id":"9","object_changes":{"success":[null,true],"identity":[null,"okta"]}`, 3002, 1, 0, 1},
		"failed":        {`"event":"create","item_type":"LoginActivity","item_id":"9","object_changes":{"success":[null,false]}`, 3002, 1, 0, 2},
		"log is tidied": {`"event":"destroy","item_type":"LoginActivity","item_id":"9"`, 3004, 4, 99, 1},
	} {
		e := parsed(t, `{"id":"5","type":"audits","attributes":{"created_at":"2026-10-01T00:00:00Z",`+c.said+`}}`)
		line, err := audit.FormatOCSF.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		var o map[string]any
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatal(err)
		}
		number := func(in map[string]any, name string) int {
			n, _ := in[name].(float64)
			return int(n)
		}
		if number(o, "class_uid") != c.class || number(o, "activity_id") != c.id || number(o, "type_uid") != c.class*100+c.id || number(o, "status_id") != c.statusID || number(o, "category_uid") != 3 {
			t.Errorf("%s: %s", name, line)
		}
		if entity, _ := o["entity"].(map[string]any); number(entity, "type_id") != c.typeID {
			t.Errorf("%s: %s", name, line)
		}
		if version := o["metadata"].(map[string]any)["version"]; version != s.Version {
			t.Errorf("%s: version %v, the schema has %s", name, version, s.Version)
		}
		delete(o, "unmapped")
		s.check(t, name, s.Classes[fmt.Sprint(c.class)], o)

		again, err := audit.ParseStored(line)
		if err != nil || again.ItemType != e.ItemType || again.Action != e.Action || again.UserID != e.UserID || again.IP != e.IP || !again.At.Equal(e.At) {
			t.Errorf("%s reads back as %+v: %v\n%s", name, again, err, line)
		}
	}
}

func (s schema) check(t *testing.T, name string, want shape, got map[string]any) {
	t.Helper()
	has := func(attribute string) bool { return got[attribute] != nil && got[attribute] != "" }
	for _, required := range want.Required {
		if !has(required) {
			t.Errorf("%s: %s is missing", name, required)
		}
	}
	if len(want.AtLeastOne) > 0 && !slices.ContainsFunc(want.AtLeastOne, has) {
		t.Errorf("%s: none of %v", name, want.AtLeastOne)
	}
	for attribute, value := range got {
		if !slices.Contains(want.Attributes, attribute) {
			t.Errorf("%s: the schema has no attribute %s", name, attribute)
		}
		if n, ok := value.(float64); ok && want.Enums[attribute] != nil && !slices.Contains(want.Enums[attribute], int(n)) {
			t.Errorf("%s: %s is %v", name, attribute, n)
		}
		if inner, ok := value.(map[string]any); ok && objectOf[attribute] != "" {
			s.check(t, name+"."+attribute, s.Objects[objectOf[attribute]], inner)
		}
	}
}
