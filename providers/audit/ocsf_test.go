package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// The published constraints of OCSF 1.6.0 on events of class 3004, Entity Management, and on the
// objects in them: from schema.ocsf.io, and the schema's repository at that version. An attribute
// that is not here is not allowed; the optional profiles are left out.
const ocsfRelease = "1.6.0"

// A constraint is what one object of the schema must be like.
type constraint struct {
	attributes string // name:type; "=" before the values of an enumeration, "[]" for a list
	required   []string
	oneOf      []string // at least one of these
}

var ocsf = map[string]constraint{
	"event": {
		required: []string{"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid", "entity"},
		attributes: `access_mask:integer_t activity_id:integer_t=0,1,2,3,4,5,6,7,8,9,10,11,12,13,99 activity_name:string_t actor:actor
			category_name:string_t category_uid:integer_t=3 class_name:string_t class_uid:integer_t=3004 comment:string_t count:integer_t
			duration:long_t end_time:timestamp_t entity:managed_entity entity_result:managed_entity http_request:http_request
			message:string_t metadata:metadata raw_data:string_t raw_data_size:long_t severity:string_t
			severity_id:integer_t=0,1,2,3,4,5,6,99 src_endpoint:network_endpoint start_time:timestamp_t status:string_t
			status_code:string_t status_detail:string_t status_id:integer_t=0,1,2,99 time:timestamp_t timezone_offset:integer_t
			type_name:string_t type_uid:long_t unmapped:object`,
	},
	"metadata": {
		required: []string{"product", "version"},
		attributes: `correlation_uid:string_t debug:string_t[] event_code:string_t is_truncated:boolean_t labels:string_t[] log_level:string_t
			log_name:string_t log_provider:string_t log_version:string_t logged_time:timestamp_t modified_time:timestamp_t original_time:string_t
			processed_time:timestamp_t product:product profiles:string_t[] sequence:integer_t tenant_uid:string_t uid:string_t
			untruncated_size:integer_t version:string_t`,
	},
	"product": {
		oneOf:      []string{"name", "uid"},
		attributes: `cpe_name:string_t lang:string_t name:string_t path:string_t uid:string_t url_string:string_t vendor_name:string_t version:string_t`,
	},
	"actor": {
		oneOf:      []string{"process", "user", "invoked_by", "session", "app_name", "app_uid"},
		attributes: `app_name:string_t app_uid:string_t invoked_by:string_t session:session user:user`,
	},
	"user": {
		oneOf: []string{"account", "name", "uid"},
		attributes: `display_name:string_t domain:string_t email_addr:email_t forward_addr:email_t full_name:string_t has_mfa:boolean_t name:string_t
			phone_number:string_t programmatic_credentials:programmatic_credential[] type:string_t type_id:integer_t=0,1,2,3,4,99 uid:string_t
			uid_alt:string_t`,
	},
	"programmatic_credential": {required: []string{"uid"}, attributes: `last_used_time:timestamp_t type:string_t uid:string_t`},
	"session": {attributes: `count:integer_t created_time:timestamp_t expiration_time:timestamp_t is_mfa:boolean_t is_remote:boolean_t
		is_vpn:boolean_t issuer:string_t terminal:string_t uid:string_t uid_alt:string_t`},
	"managed_entity": {
		oneOf:      []string{"name", "uid", "device", "group", "org", "policy", "user"},
		attributes: `data:json_t group:group name:string_t type:string_t type_id:integer_t=0,1,2,3,4,5,6,7,99 uid:string_t user:user version:string_t`,
	},
	"group": {oneOf: []string{"name", "uid"}, attributes: `desc:string_t domain:string_t name:string_t privileges:string_t[] type:string_t uid:string_t`},
	"network_endpoint": {
		oneOf: []string{"ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "interface_name", "domain"},
		attributes: `domain:string_t hostname:string_t instance_uid:string_t ip:ip_t name:string_t svc_name:string_t type:string_t uid:string_t
			zone:string_t`,
	},
	"http_request": {attributes: `args:string_t body_length:integer_t http_method:string_t=CONNECT,DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT,TRACE
		length:integer_t referrer:string_t uid:string_t user_agent:string_t version:string_t`},
}

// The captions that belong to numbers.
var ocsfCaptions = map[string]map[string]string{
	"activity_id": {"0": "Unknown", "1": "Create", "2": "Read", "3": "Update", "4": "Delete"},
	"severity_id": {"1": "Informational"},
	"status_id":   {"1": "Success"},
}

var ocsfEmail = regexp.MustCompile("^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\\.[a-zA-Z0-9-.]+$")

// violations says what is wrong with an object of a kind.
func violations(kind, path string, raw json.RawMessage) []string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return []string{path + " is no object"}
	}
	c, wrong := ocsf[kind], []string(nil)
	types := map[string]string{}
	for _, said := range strings.Fields(c.attributes) {
		name, typ, _ := strings.Cut(said, ":")
		types[name] = typ
	}
	for _, name := range c.required {
		if _, ok := fields[name]; !ok {
			wrong = append(wrong, path+"."+name+" is missing")
		}
	}
	if len(c.oneOf) > 0 && !slices.ContainsFunc(c.oneOf, func(name string) bool { return len(fields[name]) > 0 }) {
		wrong = append(wrong, path+" has none of "+strings.Join(c.oneOf, ", "))
	}
	for name, value := range fields {
		if types[name] == "" {
			wrong = append(wrong, path+"."+name+" is not in the schema")
			continue
		}
		wrong = append(wrong, ill(types[name], path+"."+name, value)...)
	}
	return wrong
}

// ill says what is wrong with a value of a type.
func ill(typ, path string, value json.RawMessage) []string {
	typ, enum, limited := strings.Cut(typ, "=")
	if limited && !slices.Contains(strings.Split(enum, ","), strings.Trim(string(value), `"`)) {
		return []string{fmt.Sprintf("%s is %s, not one of %s", path, value, enum)}
	}
	if element, list := strings.CutSuffix(typ, "[]"); list {
		var all []json.RawMessage
		if json.Unmarshal(value, &all) != nil {
			return []string{path + " is no list"}
		}
		var wrong []string
		for i, v := range all {
			wrong = append(wrong, ill(element, fmt.Sprintf("%s[%d]", path, i), v)...)
		}
		return wrong
	}
	if _, known := ocsf[typ]; known {
		return violations(typ, path, value)
	}
	var s string
	isString := json.Unmarshal(value, &s) == nil && value[0] == '"'
	_, badIP := netip.ParseAddr(s)
	var n int64
	good := map[string]bool{
		"string_t": isString && s != "", "email_t": isString && ocsfEmail.MatchString(s), "ip_t": isString && badIP == nil && len(s) <= 40,
		"integer_t": json.Unmarshal(value, &n) == nil && n == int64(int32(n)), "long_t": json.Unmarshal(value, &n) == nil,
		"timestamp_t": json.Unmarshal(value, &n) == nil && n > 1e12 && n < 1e13, "boolean_t": string(value) == "true" || string(value) == "false",
		"object": value[0] == '{', "json_t": json.Valid(value),
	}
	if !good[typ] {
		return []string{fmt.Sprintf("%s is no %s: %s", path, typ, value)}
	}
	return nil
}

func TestOCSFKeepsThePublishedConstraints(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"API": fromAPI, "product page": fromPage, "webhook": fromWebhook, "connector": fromConnector,
		"nothing but a time":  `{"id":"1","created_at":"2026-10-01T00:00:00Z"}`,
		"another action":      `{"id":"1","event":"login","created_at":"2026-10-01T00:00:00Z","user_id":3}`,
		"reading":             `{"id":"1","event":"read","created_at":"2026-10-01T00:00:00Z","api_key_id":"k","user_id":3}`,
		"odd address":         `{"id":"1","event":"create","created_at":"2026-10-01T00:00:00Z","ip_address":"unknown","user_email":"no address"}`,
		"address with a zone": `{"id":"1","event":"create","created_at":"2026-10-01T00:00:00Z","ip_address":"fe80::1%eth0"}`,
		"only a session":      `{"id":"1","event":"create","created_at":"2026-10-01T00:00:00Z","session_id":"abc"}`,
	} {
		line, err := audit.FormatOCSF.Encode(audit.Redact(parsed(t, raw)))
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range violations("event", "event", line) {
			t.Errorf("%s: %s", name, wrong)
		}
		var e struct {
			ClassUID   int         `json:"class_uid"`
			ActivityID json.Number `json:"activity_id"`
			Activity   string      `json:"activity_name"`
			TypeUID    json.Number `json:"type_uid"`
			TypeName   string      `json:"type_name"`
			SeverityID json.Number `json:"severity_id"`
			Severity   string      `json:"severity"`
			StatusID   json.Number `json:"status_id"`
			Status     string      `json:"status"`
			Metadata   struct{ Version string }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if activity, _ := e.ActivityID.Int64(); fmt.Sprint(int64(e.ClassUID)*100+activity) != e.TypeUID.String() || e.TypeName != "Entity Management: "+e.Activity {
			t.Errorf("%s: type %s %q of class %d and activity %s", name, e.TypeUID, e.TypeName, e.ClassUID, e.ActivityID)
		}
		for attribute, said := range map[string][2]string{
			"activity_id": {e.ActivityID.String(), e.Activity}, "severity_id": {e.SeverityID.String(), e.Severity}, "status_id": {e.StatusID.String(), e.Status},
		} {
			if want := ocsfCaptions[attribute][said[0]]; want != said[1] && said[0] != "99" {
				t.Errorf("%s: %s %s is called %q, not %q", name, attribute, said[0], said[1], want)
			}
		}
		if e.Metadata.Version != ocsfRelease {
			t.Errorf("%s: version %s, checked against %s", name, e.Metadata.Version, ocsfRelease)
		}
	}
}

// The check must be able to fail.
func TestOCSFViolationsAreSeen(t *testing.T) {
	t.Parallel()
	line, err := audit.FormatOCSF.Encode(parsed(t, fromAPI))
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		`"class_uid":3004`:     `"class_uid":3005`,
		`"activity_id":3`:      `"activity_id":14`,
		`"entity":{`:           `"entities":{`,
		`"version":"1.6.0"`:    `"version":1.6`,
		`"ip":"192.0.2.7"`:     `"ip":"nowhere"`,
		`"time":`:              `"time":1.5e0,"x":`,
		`"email_addr":"ada@`:   `"email_addr":"ada`,
		`"type_id":99,`:        `"type_id":"99x",`,
		`"session":{"uid":"9f`: `"session":{"uid":9,"y":"9f`,
	} {
		broken := strings.Replace(string(line), from, to, 1)
		if broken == string(line) {
			t.Errorf("%s is not in %s", from, line)
		}
		if len(violations("event", "event", json.RawMessage(broken))) == 0 {
			t.Errorf("%s passes", to)
		}
	}
}

func TestOCSFLosesNothing(t *testing.T) {
	t.Parallel()
	line, err := audit.FormatOCSF.Encode(parsed(t, fromConnector))
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{`"activity_id":1`, `"actor_type":"user"`, `"source":"slack"`, `"ip":"2001:db8::1"`, `"uid":"9"`, `"status":"started"`, `"event_code":"incident.created"`} {
		if !bytes.Contains(line, []byte(said)) {
			t.Errorf("%s is not in %s", said, line)
		}
	}
	exact, err := audit.FormatOCSF.Encode(parsed(t, fromAPI))
	if err != nil || !bytes.Contains(exact, []byte(`"priority":12345678901234567890,"wait":1.10`)) || !bytes.Contains(exact, []byte(`"wait":2.50`)) {
		t.Errorf("numbers are not as they were: %v\n%s", err, exact)
	}
}

func TestFlat(t *testing.T) {
	t.Parallel()
	e := parsed(t, fromAPI)
	line, err := audit.FormatFlat.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"981","created_at":"2026-10-01T19:00:00.123456Z","action":"update","item_type":"GeniusWorkflow","item_id":"7f4c2f1e-1111-4222-8333-444455556666",` +
		`"item_name":"Page the <b>team</b>","user_id":"42","user_name":"Ada Okafor","user_email":"ada@example.com","source":"","api_key_id":"",` +
		`"ip_address":"192.0.2.7","user_agent":"curl/8","request_id":"req-1","session_id":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",` +
		`"changed_fields":"name,wait","changes":{"name":["Page the team","Page the <b>team</b>"],"wait":[1.10,2.50]}}`
	if string(line) != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
	if len(audit.Flat(e)) != len(audit.Columns()) {
		t.Errorf("%d values in %d columns", len(audit.Flat(e)), len(audit.Columns()))
	}
}

func TestSpreadsheetsRunNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"} {
		e := audit.Event{ID: "1", ItemName: name}
		if got := audit.CSV(e)[5]; got != "'"+name {
			t.Errorf("%q is written as %q", name, got)
		}
		if got := audit.Flat(e)[5]; got != name {
			t.Errorf("%q is %q in SQL", name, got)
		}
	}
	if got := audit.CSV(audit.Event{ID: "1", ItemName: "=a\x00b"})[5]; got != "'=a\uFFFDb" {
		t.Errorf("a byte 0 is written as %q", got)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"raw", "flat", "ocsf", "OCSF"} {
		if f, err := audit.ParseFormat(name); err != nil || string(f) != strings.ToLower(name) {
			t.Errorf("%s: %q %v", name, f, err)
		}
	}
	if _, err := audit.ParseFormat("xml"); err == nil || !strings.Contains(err.Error(), "raw, flat, ocsf or ecs") {
		t.Errorf("xml: %v", err)
	}
	if _, err := audit.Format("xml").Encode(audit.Event{ID: "1"}); err == nil {
		t.Error("something was written as xml")
	}
	if _, err := audit.FormatRaw.Encode(audit.Event{ID: "1", Raw: json.RawMessage("{")}); err == nil {
		t.Error("broken JSON was written")
	}
}
