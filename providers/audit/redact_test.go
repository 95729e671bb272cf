package audit_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// within makes an event whose object changed so.
func within(changes string) string {
	return `{"id":"1","type":"audits","attributes":{"event":"update","item_type":"Group","created_at":"2026-10-01T00:00:00Z","session_id":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","object_changes":` + changes + `}}`
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for changes, want := range map[string]string{
		`{"secret":["old-one","new-one"]}`:                                               `{"secret":["[REDACTED]","[REDACTED]"]}`,
		`{"api_token":[null,"abc"]}`:                                                     `{"api_token":[null,"[REDACTED]"]}`,
		`{"password":["[REDACTED]","[FILTERED]"]}`:                                       `{"password":["[REDACTED]","[FILTERED]"]}`,
		`{"pin_password":[1234,5678]}`:                                                   `{"pin_password":["[REDACTED]","[REDACTED]"]}`,
		`{"name":["a","b"],"position":[1.10,2]}`:                                         `{"name":["a","b"],"position":[1.10,2]}`,
		`{"settings":[{"client_secret":"x1","url":"https://a.example"},null]}`:           `{"settings":[{"client_secret":"[REDACTED]","url":"https://a.example"},null]}`,
		`{"credentials":[{"user":"bo","port":5432},{"user":"cy","on":true}]}`:            `{"credentials":[{"user":"[REDACTED]","port":"[REDACTED]"},{"user":"[REDACTED]","on":true}]}`,
		`{"headers":[[],[{"name":"Authorization","value":"Bearer s3cr3t-value"}]]}`:      `{"headers":[[],[{"name":"Authorization","value":"[REDACTED]"}]]}`,
		`{"custom":["{\"X-Api-Key\": \"k1\", \"n\": 1.0}","{}"]}`:                        `{"custom":["{\"X-Api-Key\": \"[REDACTED]\", \"n\": 1.0}","{}"]}`,
		`{"webhook_url":["a","https://hooks.slack.com/services/T0001/B0001/XXXXabcd1"]}`: `{"webhook_url":["a","[REDACTED]"]}`,
		`{"token":{"from":"a1","to":"b1"}}`:                                              `{"token":{"from":"[REDACTED]","to":"[REDACTED]"}}`,
		`[{"field":"secret","old_value":"a1","new_value":"b1"}]`:                         `[{"field":"secret","old_value":"[REDACTED]","new_value":"[REDACTED]"}]`,
		`{"body":["token {{ secrets.api }}",""]}`:                                        `{"body":["token {{ secrets.api }}",""]}`,
	} {
		e := parsed(t, within(changes))
		shown := audit.Redact(e)
		if diff := cmp.Diff(within(want), string(shown.Raw)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", changes, diff)
		}
		if diff := cmp.Diff(parsed(t, within(want)).Changes, shown.Changes); diff != "" {
			t.Errorf("%s: changes: -want +got:\n%s", changes, diff)
		}
		if string(e.Raw) != within(changes) {
			t.Errorf("%s: the event given was changed", changes)
		}
		once(t, within(changes))
		if again := audit.Redact(shown); !cmp.Equal(again, shown) {
			t.Errorf("%s: a second time changes more: %s", changes, cmp.Diff(shown, again))
		}
		if !strings.Contains(string(shown.Raw), e.SessionID) {
			t.Errorf("%s: the fingerprint of the session is gone", changes)
		}
	}
}

// Whatever an event is written as, and wherever in it a credential stands, it does not come out.
func TestNoFormatShowsACredential(t *testing.T) {
	t.Parallel()
	const password = "hunter2-hunter2"
	raw := `{"id":"1","event":"update","item_type":"Heartbeat","created_at":"2026-10-01T00:00:00Z",
		"object":{"name":"ping","password":"` + password + `","nested":{"list":[{"key":"secret","value":"` + password + `"}]}},
		"object_changes":{"password":["` + password + `","x` + password + `"]},
		"user_agent":"probe https://bo:` + password + `@example.com/","future":{"api_key":"` + password + `"}}`
	e := audit.Redact(parsed(t, raw))
	outputs := []string{strings.Join(audit.Flat(e), "\n"), strings.Join(audit.CSV(e), "\n"), e.String()}
	for _, format := range []audit.Format{audit.FormatRaw, audit.FormatFlat, audit.FormatOCSF} {
		line, err := format.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, string(line))
		if !strings.Contains(string(line), `"[REDACTED]"`) || !strings.Contains(string(line), "password") {
			t.Errorf("%s does not show that the password changed: %s", format, line)
		}
	}
	for _, out := range outputs {
		if strings.Contains(out, password) {
			t.Errorf("the password is in %s", out)
		}
	}
}

func TestRedactKeepsTheRestByteForByte(t *testing.T) {
	t.Parallel()
	raw := `{"id":"1","attributes":{"created_at":"2026-10-01T00:00:00Z","n":[1.0,-2E+3,12345678901234567890],"secret":"a","u":"\u00e9<&>"},"type":"x"}`
	want := strings.Replace(raw, `"a"`, `"[REDACTED]"`, 1)
	if got := string(audit.Redact(parsed(t, raw)).Raw); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestItemTypesThatHoldCredentials holds that whatever a Secret or an ApiKey has is hidden, unless it is known to be harmless.
func TestItemTypesThatHoldCredentials(t *testing.T) {
	t.Parallel()
	for _, itemType := range []string{"Secret", "ApiKey"} {
		for _, said := range []string{
			`"object":{"name":"deploy","value":"swordfish"}`, `"object_changes":{"name":[null,"deploy"],"content":["swordfish",null]}`,
			`"object":{"name":"name","value":"swordfish"}`, `"object_changes":{"digest":{"from":null,"to":{"a":["swordfish"]}},"name":[null,"deploy"]}`,
			`"changes":[{"field":"body","old":"swordfish","new":null},{"field":"name","old":null,"new":"deploy"}]`,
			`"object_changes":"{\"kind\":[null,\"deploy\"],\"body\":[null,\"swordfish\"]}"`,
		} {
			keepsNoFish(t, `{"id":"1","type":"audits","attributes":{"event":"update","item_type":"`+itemType+`","created_at":"2026-10-01T00:00:00Z",`+said+`}}`)
			keepsNoFish(t, `{"event":{"id":"d"},"data":{"id":1,"event":"destroy","item_type":"`+itemType+`","created_at":"2026-10-01T00:00:00Z",`+said+`}}`)
		}
	}
}

// keepsNoFish expects that a value is hidden in every format, and not the name.
func keepsNoFish(t *testing.T, raw string) {
	t.Helper()
	e := audit.Redact(parsed(t, raw))
	for _, format := range []audit.Format{audit.FormatRaw, audit.FormatFlat, audit.FormatOCSF} {
		line, err := format.Encode(e)
		if err != nil || strings.Contains(string(line), "swordfish") || format == audit.FormatRaw && !strings.Contains(string(line), "[REDACTED]") {
			t.Errorf("%s, %s: %v %s", raw, format, err, line)
		}
	}
	if !strings.Contains(string(e.Raw), "name") && !strings.Contains(string(e.Raw), "deploy") {
		t.Errorf("too much is hidden: %s", e.Raw)
	}
}

func TestCredentialsInKeys(t *testing.T) {
	t.Parallel()
	token := "gh" + "p_" + strings.Repeat("aB3dE6gH9k", 4)[:36]
	e := audit.Redact(parsed(t, `{"id":"1","attributes":{"event":"update","item_type":"Group","created_at":"2026-10-01T00:00:00Z",`+
		`"object_changes":{"settings":[null,{"`+token+`":{"on":true}}],"`+token+`":[1,2]}}}`))
	for _, format := range []audit.Format{audit.FormatRaw, audit.FormatFlat, audit.FormatOCSF} {
		line, err := format.Encode(e)
		if err != nil || strings.Contains(string(line), token) || !json.Valid(line) {
			t.Errorf("%s: %v %s", format, err, line)
		}
	}
}

// TestFormsOfTokens are made up, and put together from pieces, so that no scanner takes this file for a leak.
func TestFormsOfTokens(t *testing.T) {
	t.Parallel()
	awsSecret := "wJalrXUtnFEMI/K7MDENG/bPxRfi" + "CYzzTESTKEYq"
	for text, hidden := range map[string]string{
		"mail with S" + "G.aaaabbbbccccddddeeeeff.ggggHHHHiiiijjjjkkkkllllmmmmnnnnoooopppp": "aaaabbbb",
		"registry: np" + "m_aaaaBBBBccccDDDDeeeeFFFFggggHHHHiiii":                           "aaaaBBBB",
		"use Basic dXNlcjpw":                                           "dXNlcjpw",
		"AKI" + "AIOSFODNN7EXAMPLF " + awsSecret:                       awsSecret,
		"id AKI" + "AIOSFODNN7EXAMPLF\nsecret is\n" + awsSecret + "\n": awsSecret,
		"AUTH PLAIN AHVzZXIAcGFzcw==":                                  "AHVzZXIAcGFzcw",
		"Your one-time password is 482913":                             "482913",
		"OTP: 482 913":                                                 "482 913",
		"TOTP seed: JBSWY3DPEHPK3PXP":                                  "JBSWY3DPEHPK3PXP",
		"otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP&issuer=Acme":  "JBSWY3DPEHPK3PXP",
	} {
		e := audit.Redact(audit.Event{ItemName: text})
		if strings.Contains(e.ItemName, hidden) {
			t.Errorf("%q stays", e.ItemName)
		}
	}
	for _, text := range []string{"Basic monitoring of the gateway", "the OTP service answers 500", "MFA for everybody from 2026-10-01", "SG. Dr. Who", "2fa code reviews"} {
		if e := audit.Redact(audit.Event{ItemName: text}); e.ItemName != text {
			t.Errorf("%q became %q", text, e.ItemName)
		}
	}
}

func BenchmarkRedact(b *testing.B) {
	e, err := audit.Parse(json.RawMessage(fromAPI))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		audit.Redact(e)
	}
}

func BenchmarkParseRedacted(b *testing.B) {
	for b.Loop() {
		if _, err := audit.ParseRedacted(json.RawMessage(fromAPI)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := audit.Parse(json.RawMessage(fromAPI)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeOCSF(b *testing.B) {
	e, err := audit.Parse(json.RawMessage(fromAPI))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := audit.FormatOCSF.Encode(e); err != nil {
			b.Fatal(err)
		}
	}
}

// However deep a credential is buried, in objects, lists, pairs and JSON within strings, it is found by its name.
func TestBuriedCredentials(t *testing.T) {
	t.Parallel()
	const buried = "correct-horse"
	names := []string{"password", "api_key", "clientSecret", "X-Api-Key", "Authorization", "private_key", "access_token", "signing-key", "secret2", "connection_string"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		raw := quoted(t, buried)
		for name, depth := names[r.IntN(len(names))], r.IntN(6); depth >= 0; depth-- {
			raw = bury(t, r.IntN(7), name, raw)
			name = []string{"settings", "name", "params", name, "n"}[r.IntN(5)]
		}
		whole := within(`{"settings":[null,` + raw + `]}`)
		shown := once(t, whole)
		for _, format := range []audit.Format{audit.FormatRaw, audit.FormatFlat, audit.FormatOCSF} {
			line, err := format.Encode(shown)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(line), buried) {
				t.Fatalf("%s shows it:\n%s\nof\n%s", format, line, whole)
			}
		}
	}
}

// once reads and redacts an event in one go, which has to give the same as one after the other.
func once(t *testing.T, raw string) audit.Event {
	t.Helper()
	e, err := audit.ParseRedacted(json.RawMessage(raw))
	if diff := cmp.Diff(audit.Redact(parsed(t, raw)), e); err != nil || diff != "" {
		t.Errorf("%s: %v\n-one after the other +in one go:\n%s", raw, err, diff)
	}
	return e
}

// Whatever the shape of an event and of its changes, reading and redacting it in one go gives the same.
func TestParseRedacted(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{fromAPI, fromPage, fromWebhook, fromConnector} {
		once(t, raw)
	}
	const head = `{"id":"1","created_at":"2026-10-01T00:00:00Z",`
	for _, rest := range []string{
		`"event":"secret.created","object_changes":{"anything":[null,"plain words"]}}`,
		`"event":"update","item_type":"Secret","object_changes":"{\"value\":[\"plain\",\"words\"],\"name\":[\"a\",\"b\"]}"}`,
		`"event":"update","item_type":"ApiKey","changes":[{"field":"digest","from":"a","to":"b"},{"attribute":"token","to":"c"},{"name":"name","to":"d"}]}`,
		`"event":"destroy","item_type":"Group","object":{"api_token":"plain","name":"x","settings":{"password":"y","n":1}}}`,
		`"event":"destroy","item_type":"Group","object":"{\"api_token\":\"plain\",\"name\":\"x\"}"}`,
		`"event":"update","item_type":"Group","object_changes":{"session_id":["a","b"],"z":{"from":{"token":"x"},"to":null},"token":["x","y"],"token":["x2","y2"]}}`,
		`"event":"update","item_type":"Group","object_changes":{"https://hooks.slack.com/services/T0001/B0001/XXXXabcd1":[1,2],"a":["bearer abcdefgh12345678ABCD",2]}}`,
		`"event":"update","item_type":"Group","object_changes":{"headers":[null,[{"name":"X-Plain","value":"v"}]],"b":"whole","c":[1,2,3]}}`,
	} {
		once(t, head+rest)
	}
}

// bury puts a value below a name in one of the ways in which Rootly's objects do.
func bury(t *testing.T, way int, name, raw string) string {
	t.Helper()
	switch way {
	case 0:
		return `{` + quoted(t, name) + `:` + raw + `}`
	case 1:
		return `{"a":1,` + quoted(t, name) + `:[` + raw + `,` + raw + `]}`
	case 2:
		return `{"name":` + quoted(t, name) + `,"value":` + raw + `}`
	case 3:
		return `[{"value":` + raw + `,"key":` + quoted(t, name) + `}]`
	case 4:
		return `{` + quoted(t, name) + `:{"from":null,"to":` + raw + `}}`
	case 5:
		return quoted(t, `{`+quoted(t, name)+`: `+raw+`}`)
	}
	return `{"x":{` + quoted(t, name) + `:{"deep":` + raw + `}}}`
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Any header may be a credential, whatever it is called.
func TestRedactHeaders(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"object_changes":{"custom_headers":[[{"name":"X-Plain","value":"quietotter"}],[{"name":"X-Plain","value":"quietotter2"}]]}}`,
		`{"object_changes":{"task_params":[{"headers":"{\"X-Plain\":\"quietotter\"}"},{"headers":"{\"X-Plain\":[\"quietotter\"]}"}]}}`,
		`{"object":{"headers":{"X-Plain":"quietotter","X-Other":{"value":"quietotter"}}}}`,
		`{"object":{"headers":"X-Plain: quietotter"}}`,
	} {
		e := audit.Redact(audit.Event{Raw: []byte(raw)})
		if strings.Contains(string(e.Raw), "quietotter") || strings.Contains(raw, `"name":"X-Plain"`) && !strings.Contains(string(e.Raw), `"name":"X-Plain"`) {
			t.Errorf("%s", e.Raw)
		}
	}
	e := audit.Redact(audit.Event{Changes: []audit.Change{{Field: "headers", Before: []byte(`"X: quietotter"`), After: []byte("null")}}})
	if string(e.Changes[0].Before) != `"[REDACTED]"` || string(e.Changes[0].After) != "null" {
		t.Errorf("%s", e.Changes[0].Before)
	}
}
