package intake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/intake/intaketest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

func today() time.Time { return time.Date(2036, time.November, 26, 10, 30, 0, 0, time.UTC) }

// event makes an event with a name of some length.
func event(t testing.TB, id string, at time.Time, name string) audit.Event {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"id": id, "type": "audits", "attributes": map[string]any{
		"event": "update", "item_type": "Group", "item_id": "g", "object_changes": map[string]any{"name": []string{"a", name}},
		"user_id": 7, "user_name": "Ada", "user_email": "ada@example.com", "ip_address": "192.0.2.7, 10.0.0.1", "created_at": at.Format(time.RFC3339Nano),
	}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := audit.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// many makes events of the last hour.
func many(t testing.TB, n int) (events []audit.Event, ids []string) {
	t.Helper()
	for i := range n {
		events = append(events, event(t, fmt.Sprint("e-", i), today().Add(-time.Hour+time.Duration(i)*1234567*time.Nanosecond), fmt.Sprint("name ", i)))
		ids = append(ids, events[i].ID)
	}
	slices.Sort(ids)
	return events, ids
}

// testWorld has a variable for each vendor.
func testWorld() World {
	return World{
		Getenv: func(name string) string {
			return map[string]string{"HEC": "hec-sesame", "DD": "dd-sesame", "SUMO": "sumo-sesame", "ES": "es-sesame", "HOOK": "hook-sesame"}[name]
		},
		Now: today, UserAgent: "test", Format: audit.FormatRaw, Batch: "ndjson", Header: "Authorization",
	}
}

// resolved makes sinks of targets, that do not wait long between attempts.
func resolved(t testing.TB, w World, to ...string) ([]Sink, error) {
	t.Helper()
	var targets []Target
	for _, text := range to {
		target, err := Parse(text)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target)
	}
	sinks, err := Resolve(targets, w)
	for _, s := range sinks {
		if n, ok := s.Options.Receiver.(*intake); ok {
			n.pause = time.Millisecond
		}
	}
	return sinks, err
}

// open opens one sink.
func open(t testing.TB, state, to string) *auditcopy.Sink {
	t.Helper()
	sinks, err := resolved(t, testWorld(), to)
	if err != nil {
		t.Fatal(err)
	}
	o := sinks[0].Options
	o.State = state
	s, err := auditcopy.Open(t.Context(), to, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// serve starts an imitation and returns its host.
func serve(t testing.TB, h http.Handler) (host string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// A vendor is an imitation with the text that names it.
type vendor struct {
	*intaketest.Intake
	to    string
	exact bool // it has each event once, whatever is sent again
}

func vendors(t testing.TB) map[string]vendor {
	t.Helper()
	all := map[string]vendor{}
	add := func(name, to string, exact bool, in *intaketest.Intake) {
		all[name] = vendor{in, fmt.Sprintf(to, serve(t, in)), exact}
	}
	add("splunk", "splunk://%s?token_env=HEC&index=audit&tls=false", false, intaketest.NewSplunk("hec-sesame", "audit", false))
	add("splunk with acknowledgements", "splunk://%s?token_env=HEC&tls=false", false, intaketest.NewSplunk("hec-sesame", "audit", true))
	add("splunk that is not waited for", "splunk://%s?token_env=HEC&ack=false&tls=false", false, intaketest.NewSplunk("hec-sesame", "audit", true))
	add("datadog", "datadog://%s?token_env=DD&tags=env:prod&tls=false", false, intaketest.NewDatadog("dd-sesame", today))
	add("sumo", "sumo://%s?token_env=SUMO&category=rootly/audit&tls=false", false, intaketest.NewSumo("sumo-sesame"))
	add("elastic", "elastic://%s/audit?token_env=ES&tls=false", true, intaketest.NewElastic("ApiKey es-sesame"))
	return all
}

// flushed flushes until nothing waits.
func flushed(t testing.TB, s *auditcopy.Sink) auditcopy.Backlog {
	t.Helper()
	var left auditcopy.Backlog
	var err error
	for range 100 {
		if left, err = s.Flush(t.Context()); err == nil && left.Waiting == 0 {
			return left
		}
	}
	t.Fatalf("%+v: %v", left, err)
	return left
}

// TestVendorsTakeEveryEvent sends events while requests and answers get lost: none is missing, none is
// spoiled, and where the vendor knows events by their id, none is there twice.
func TestVendorsTakeEveryEvent(t *testing.T) {
	t.Parallel()
	for name, v := range vendors(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, want := many(t, 6000)
			s := open(t, t.TempDir(), v.to)
			v.SetFaults(true)
			for part := range slices.Chunk(events, 700) {
				if _, err := s.Add(t.Context(), part); err != nil {
					t.Fatal(err)
				}
				_, _ = s.Flush(t.Context()) // may fail; what waits is sent later
			}
			v.SetFaults(false)
			if left := flushed(t, s); left != (auditcopy.Backlog{}) {
				t.Errorf("%+v", left)
			}
			if got := v.IDs(); !slices.Equal(got, want) {
				t.Errorf("%d events, want %d", len(got), len(want))
			}
			if wrong := v.Wrongs(); len(wrong) > 0 {
				t.Errorf("%d are spoiled, such as %s", len(wrong), wrong[0])
			}
			for id, times := range v.Taken() {
				if v.exact && times != 1 {
					t.Errorf("%s is there %d times", id, times)
				}
			}
			if all, packed := v.Requests(); all == 0 || packed == 0 {
				t.Errorf("%d requests, %d compressed", all, packed)
			}
		})
	}
}

// TestOneLargeEvent holds what becomes of an event of 10 MB, and that all others arrive once.
func TestOneLargeEvent(t *testing.T) {
	t.Parallel()
	for name, v := range vendors(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, _ := many(t, 700)
			large := event(t, "large", today(), strings.Repeat("x", 10<<20))
			events = slices.Insert(events, 350, large)
			s := open(t, t.TempDir(), v.to)
			if _, err := s.Add(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			left := flushed(t, s)
			_, taken := v.Taken()["large"]
			if wantTaken := name == "sumo" || name == "elastic"; taken != wantTaken || left.Rejected == 1 == wantTaken {
				t.Errorf("taken: %v, %+v", taken, left)
			}
			if n := len(v.IDs()) + left.Rejected; n != 701 || len(v.Wrongs()) > 0 {
				t.Errorf("%d events, %q", n, v.Wrongs())
			}
			for id, times := range v.Taken() {
				if times != 1 {
					t.Errorf("%s was taken %d times", id, times)
				}
			}
		})
	}
}

// TestALongMessageIsCut holds that a message for Sumo Logic fits, is JSON and is marked, whatever is in it.
func TestALongMessageIsCut(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"x", `"`, "ä€", "\x01", "\\"} {
		e := event(t, "long", today(), strings.Repeat(part, 70_000))
		line, err := audit.FormatRaw.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := sumoWrap(e, line)
		var l sumoLine
		if err != nil || len(entry) > sumoLargest || len(entry) < sumoLargest/8 || json.Unmarshal(entry, &l) != nil || !l.Truncated || l.ID != "long" || l.Bytes != len(line) {
			t.Errorf("%q: %v, %d bytes: %.100s", part, err, len(entry), entry)
		}
	}
}

// TestBadEventsAmongGoodOnes holds that those are set aside that the vendor names, and that nothing else is lost
// or sent again.
func TestBadEventsAmongGoodOnes(t *testing.T) {
	t.Parallel()
	splunk := intaketest.NewSplunk("hec-sesame", "audit", false)
	splunk.Largest = 2000
	elastic := intaketest.NewElastic("ApiKey es-sesame")
	for name, v := range map[string]vendor{
		"splunk":  {splunk, "splunk://" + serve(t, splunk) + "?token_env=HEC&tls=false", false},
		"elastic": {elastic, "elastic://" + serve(t, elastic) + "/audit?token_env=ES&tls=false", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, want := many(t, 900)
			for _, at := range []int{899, 500, 499, 3, 0} {
				events = slices.Insert(events, at, event(t, fmt.Sprint("bad-", at), today(), "poison"+strings.Repeat("x", 2000)))
			}
			s := open(t, t.TempDir(), v.to)
			if _, err := s.Add(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			if left := flushed(t, s); left.Rejected != 5 {
				t.Errorf("%+v", left)
			}
			if got := v.IDs(); !slices.Equal(got, want) {
				t.Errorf("%d events, want %d", len(got), len(want))
			}
			for id, times := range v.Taken() {
				if times != 1 {
					t.Errorf("%s was taken %d times", id, times)
				}
			}
			if r, err := s.Rejections(t.Context()); err != nil || r.Count != 5 || r.ID != "bad-0" || !strings.Contains(r.Reason, "400") {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

// TestWhatConcernsTheSink holds that answers about credentials and settings set no event aside, and that no answer
// makes a credential appear.
func TestWhatConcernsTheSink(t *testing.T) {
	t.Parallel()
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"text":"no such token: %s","code":4}`, strings.TrimPrefix(r.Header.Get("Authorization"), "Splunk "))
	})
	status := func(code int, body string) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}))
	}
	noAck := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/services/collector/event" {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, `{"text":"Success","code":0,"ackId":7}`)
	}))
	splunk, datadog := intaketest.NewSplunk("other", "audit", false), intaketest.NewDatadog("other", today)
	wrongIndex := intaketest.NewSplunk("hec-sesame", "main", false)
	for name, c := range map[string]struct{ to, want, hint string }{
		"wrong token of HEC":       {"splunk://" + serve(t, splunk) + "?token_env=HEC&tls=false", "403 Forbidden, code 4", "credential"},
		"wrong index":              {"splunk://" + serve(t, wrongIndex) + "?token_env=HEC&index=nope&tls=false", "code 7", "index"},
		"an answer with the token": {"splunk://" + serve(t, echo) + "?token_env=HEC&tls=false", "[REDACTED]", "credential"},
		"wrong key of Datadog":     {"datadog://" + serve(t, datadog) + "?token_env=DD&tls=false", "403", "credential"},
		"wrong address of Sumo":    {"sumo://" + status(401, "") + "?token_env=SUMO&tls=false", "401", "HTTP source"},
		"no such index":            {"elastic://" + status(404, "") + "/audit?token_env=ES&tls=false", "404", "index"},
		"no Elasticsearch":         {"elastic://" + status(200, "hello") + "/audit?token_env=ES&tls=false", "0 of 1 entries", "not that of Elasticsearch"},
		"entries that may not be":  {"elastic://" + status(200, `{"items":[{"create":{"status":403,"error":{"type":"security_exception","reason":"no"}}}]}`) + "/audit?token_env=ES&tls=false", "403 security_exception", "rights"},
		"acknowledged nowhere":     {"splunk://" + noAck + "?token_env=HEC&tls=false", "404 Not Found when asked", "ack=false"},
		"redirected":               {"http://" + status(307, "") + "/in", "307", "redirects"},
		"down":                     {"http://" + status(503, "") + "/in", "503", "next run"},
		"not there":                {"http://me:sesame@127.0.0.1:1/sesame?key=sesame#token_env=HOOK", "refused", "check the address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir(), c.to)
			events, _ := many(t, 1)
			if _, err := s.Add(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			left, err := s.Flush(t.Context())
			if err == nil || left.Waiting != 1 || left.Rejected != 0 {
				t.Fatalf("%+v, %v", left, err)
			}
			text := err.Error() + "\n" + hint.Of(err)
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(hint.Of(err), c.hint) || strings.Contains(text, "sesame") {
				t.Errorf("%s; want %q, %q", text, c.want, c.hint)
			}
		})
	}
}

// TestOneCredentialForOneSink holds that no sink gets the credential of another.
func TestOneCredentialForOneSink(t *testing.T) {
	t.Parallel()
	seen := map[string]http.Header{}
	host := func(name string) string {
		return serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen[name] = r.Header.Clone() }))
	}
	w := testWorld()
	w.Credential, w.Header = "default-sesame", "X-Default"
	sinks, err := resolved(t, w,
		"http://"+host("default")+"/in",
		"http://"+host("own")+"/in#token_env=HOOK&token_header=X-Key&header=X-Tenant:+blue",
		"http://"+host("basic")+"/in#token_env=HOOK&user=me",
		"http://"+host("none")+"/in#token_env=",
		"http://"+host("bearer")+"/in#token_env=HOOK",
		"http://me:sesame@"+host("address")+"/in",
		"datadog://"+host("datadog")+"?token_env=DD&tls=false",
		"sumo://"+host("sumo")+"/receiver/v1/http/code?tls=false&category=a&source=b&host=c",
		"elastic://"+host("elastic")+"/audit?token_env=ES&user=elastic&tls=false",
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sinks {
		if _, err := s.Options.Receiver.Send(t.Context(), auditcopy.Batch{Entries: [][]byte{[]byte("{}")}, Key: "k"}); err != nil && !strings.Contains(err.Error(), "of 1 entries") {
			t.Error(err)
		}
	}
	for name, want := range map[string]map[string]string{
		"default": {"X-Default": "default-sesame", "Idempotency-Key": "k"},
		"bearer":  {"Authorization": "Bearer hook-sesame"},
		"address": {"Authorization": "Basic bWU6c2VzYW1l"},
		"own":     {"X-Key": "hook-sesame", "X-Tenant": "blue"},
		"basic":   {"Authorization": "Basic bWU6aG9vay1zZXNhbWU="},
		"none":    {},
		"datadog": {"Dd-Api-Key": "dd-sesame"},
		"sumo":    {"X-Sumo-Category": "a", "X-Sumo-Name": "b", "X-Sumo-Host": "c"},
		"elastic": {"Authorization": "Basic ZWxhc3RpYzplcy1zZXNhbWU="},
	} {
		for field, value := range want {
			if got := seen[name].Get(field); got != value {
				t.Errorf("%s: %s is %q, want %q", name, field, got, value)
			}
		}
		if text := fmt.Sprint(seen[name]); len(seen[name]) == 0 || strings.Count(text, "sesame") > 1 || want["Authorization"] == "" && seen[name].Get("Authorization") != "" {
			t.Errorf("%s: %s", name, text)
		}
	}
	if _, err := resolved(t, w, "https://one.example/in", "https://two.example/in"); err == nil || !strings.Contains(err.Error(), "2 endpoints") {
		t.Errorf("two endpoints get one credential: %v", err)
	}
}

// TestOldEventsForDatadog holds that an event is not dropped for its date, that its time is kept, and that a
// backfill says so beforehand.
func TestOldEventsForDatadog(t *testing.T) {
	t.Parallel()
	in := intaketest.NewDatadog("dd-sesame", today)
	to := "datadog://" + serve(t, in) + "?token_env=DD&tls=false"
	s := open(t, t.TempDir(), to)
	events := []audit.Event{event(t, "old", today().Add(-19*time.Hour), "a"), event(t, "edge", today().Add(-18*time.Hour-time.Second), "a"), event(t, "new", today(), "a")}
	if _, err := s.Add(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	flushed(t, s)
	if got := in.IDs(); !slices.Equal(got, []string{"edge", "new", "old"}) {
		t.Errorf("%q, %q", got, in.Wrongs())
	}
	if got := string(undated([]byte(`{"timestamp":1000,"occurred_at":"x"}`), today())); got != `{"occurred_at":"x"}` {
		t.Error(got)
	}
	sinks, err := resolved(t, testWorld(), to)
	if err != nil {
		t.Fatal(err)
	}
	if text := sinks[0].Note(today().Add(-48*time.Hour), today()); !strings.Contains(text, "18 hours") || !strings.Contains(text, "occurred_at") {
		t.Errorf("note: %q", text)
	}
	if text := sinks[0].Note(today().Add(-time.Hour), today()); text != "" {
		t.Errorf("note: %q", text)
	}
}

// TestAcknowledgementsThatDoNotCome holds that a batch is asked for until it has been long enough, across runs,
// and then sent again.
func TestAcknowledgementsThatDoNotCome(t *testing.T) {
	t.Parallel()
	sent, asked := 0, 0
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/services/collector/ack" {
			asked++
			fmt.Fprintf(w, `{"acks":{"7":%v}}`, sent == 2)
			return
		}
		sent++
		fmt.Fprint(w, `{"text":"Success","code":0,"ackId":7}`)
	}))
	now, state := today(), t.TempDir()
	flush := func() (auditcopy.Backlog, error) {
		w := testWorld()
		w.Now = func() time.Time { return now }
		to := "splunk://" + host + "?token_env=HEC&tls=false"
		sinks, err := resolved(t, w, to)
		if err != nil {
			t.Fatal(err)
		}
		o := sinks[0].Options
		o.State = state
		s, err := auditcopy.Open(t.Context(), to, o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		events, _ := many(t, 3)
		if _, err := s.Add(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		return s.Flush(t.Context())
	}
	for range 2 {
		if left, err := flush(); err == nil || left.Waiting != 3 || sent != 1 || asked == 0 {
			t.Fatalf("%+v, %v: sent %d times, asked %d times", left, err, sent, asked)
		}
	}
	now = now.Add(6 * time.Minute)
	if left, err := flush(); err != nil || left.Waiting != 0 || sent != 2 {
		t.Fatalf("%+v, %v: sent %d times, asked %d times", left, err, sent, asked)
	}
}
