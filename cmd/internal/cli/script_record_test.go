package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// writing is what a script's Rootly lets be written: nothing, or events.
type writing struct {
	allowed bool
	losing  bool // the answer to the next write
	before  []sandbox.Object
	seen    []string // writes over the network
}

// events are the only writes that a script may allow.
var events = regexp.MustCompile(`^(POST /v1/(pulses|incidents)|PUT /v1/(pulses|incidents)/[^/]+|POST /v1/incidents/[^/]+/events)$`)

// option reads one of serve's options about writing.
func (w *writing) option(name, value string, o *sandbox.Options) bool {
	switch name {
	case "events":
		w.allowed = true
	case "lost":
		w.allowed, w.losing = true, true
	case "requires":
		w.allowed = true
		o.Faults.Hook = func(out http.ResponseWriter, r *http.Request) bool { return demand(out, r, value) }
	case "noposts":
		w.allowed = true
		o.Faults.Hook = refusePosts
	default:
		return false
	}
	return true
}

// note keeps a write, and reports whether its answer is to be lost.
func (w *writing) note(r *http.Request) bool {
	if r.Method == http.MethodGet {
		return false
	}
	w.seen = append(w.seen, r.Method+" "+r.URL.Path)
	lost := w.losing
	w.losing = false
	return lost
}

// forbidden lists the writes that were none of events.
func (w *writing) forbidden() []string {
	return slices.DeleteFunc(slices.Clone(w.seen), func(s string) bool { return w.allowed && events.MatchString(s) })
}

// lose breaks the connection when the answer begins.
func lose(w http.ResponseWriter) http.ResponseWriter { return loser{w} }

type loser struct{ http.ResponseWriter }

func (l loser) WriteHeader(int) {
	if connection, _, err := l.ResponseWriter.(http.Hijacker).Hijack(); err == nil {
		_ = connection.Close()
	}
}

func (l loser) Write(b []byte) (int, error) { return len(b), nil }

// demand answers as an organisation does that requires an attribute of incidents.
func demand(w http.ResponseWriter, r *http.Request, attribute string) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/incidents" || bytes.Contains(body, []byte(`"`+attribute+`"`)) {
		return false
	}
	w.Header().Set("Content-Type", "application/vnd.api+json")
	w.WriteHeader(http.StatusUnprocessableEntity)
	fmt.Fprintf(w, `{"errors":[{"title":"Unprocessable entity","status":"422","detail":"%s can't be blank"}]}`, attribute)
	return true
}

// refusePosts answers as to a key that may only read.
func refusePosts(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, `{"errors":[{"title":"Forbidden","status":"403","detail":"You are not allowed to do this"}]}`)
	return true
}

// made writes the attributes of what was not there at the start.
func made(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) != 2 {
		ts.Fatalf("usage: made TYPE FILE, after serve")
	}
	list := []json.RawMessage{}
	for _, o := range r.server.Snapshot() {
		old := slices.ContainsFunc(r.writing.before, func(b sandbox.Object) bool { return b.API == o.API && b.ID == o.ID })
		if o.API != args[0] || old {
			continue
		}
		var doc struct {
			Attributes json.RawMessage `json:"attributes"`
		}
		ts.Check(json.Unmarshal(o.Body, &doc))
		list = append(list, doc.Attributes)
	}
	text, err := json.MarshalIndent(list, "", " ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), append(text, '\n'), 0o644))
}
