package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

type rootlyKey struct{}

const scriptToken = "rootly_script_token"

// rootlyUnderTest is the Rootly of a script.
type rootlyUnderTest struct {
	server *sandbox.Server
	now    time.Time                    // stands still
	notes  map[string]map[string]string // files of directories, by name

	mu    sync.Mutex
	verbs map[string]int // of requests over the network
	first chan struct{}  // closed by the first of them
	lies  string         // path below which answers are not what they are elsewhere

	writing writing // what may be written, and was
}

func rootlyOf(ts *testscript.TestScript) *rootlyUnderTest {
	return ts.Value(rootlyKey{}).(*rootlyUnderTest)
}

// ServeHTTP counts what comes over the network, which must be reading.
func (r *rootlyUnderTest) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	if len(r.verbs) == 0 {
		close(r.first)
	}
	r.verbs[req.Method]++
	lost := r.writing.note(req)
	r.mu.Unlock()
	if lost {
		w = lose(w)
	}
	if r.lies != "" && strings.HasPrefix(req.URL.Path, r.lies) {
		r.lie(w, req)
		return
	}
	r.server.ServeHTTP(w, req)
}

// lie answers with other descriptions than there are.
func (r *rootlyUnderTest) lie(w http.ResponseWriter, req *http.Request) {
	rec := httptest.NewRecorder()
	r.server.ServeHTTP(rec, req)
	for name, values := range rec.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(bytes.ReplaceAll(rec.Body.Bytes(), []byte(`"description":"`), []byte(`"description":"Not `)))
}

// serveRootly starts a Rootly: size=N, seed=N, forbidden=A,B, absent=A,B, html, broken, slow,
// ignore-includes, page=N, lies=PATH, events, lost, requires=ATTRIBUTE.
func serveRootly(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server != nil {
		ts.Fatalf("usage: serve [OPTION=VALUE...], once")
	}
	size, seed, healthy := 0, uint64(1), false
	o := sandbox.Options{Token: scriptToken, Clock: func() time.Time { return r.now }}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "size":
			size = n
		case "seed":
			seed = uint64(n)
		case "forbidden":
			o.Forbidden = strings.Split(value, ",")
		case "absent":
			o.Absent = strings.Split(value, ",")
		case "healthy":
			healthy = true
		case "html":
			o.Faults.HTMLEvery = 1
		case "broken":
			o.Faults.ErrorEvery = 1
		case "slow":
			o.Faults.Latency = time.Hour
		case "ignore-includes":
			o.Includes = sandbox.IncludesIgnored
		case "lies":
			r.lies = value
		case "page":
			o.Faults.PageCap = n
		default:
			if !r.writing.option(name, value, &o) {
				ts.Fatalf("unknown option %s", arg)
			}
		}
	}
	o.Objects, o.Seed = organisation.New(organisation.Options{Size: size, Seed: seed}), seed
	if healthy {
		o.Objects = organisation.Healthy()
	}
	r.writing.before = o.Objects
	r.server, r.verbs, r.first = sandbox.New(o), map[string]int{}, make(chan struct{})
	listening := httptest.NewServer(r)
	ts.Setenv("ROOTLY_API_URL", listening.URL)
	ts.Setenv("ROOTLY_API_TOKEN", scriptToken)
	ts.Defer(func() {
		listening.CloseClientConnections()
		listening.Close()
		r.onlyRead(ts)
	})
}

func (r *rootlyUnderTest) onlyRead(ts *testscript.TestScript) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if not := r.writing.forbidden(); len(not) > 0 {
		ts.Fatalf("requests that may not be: %s", strings.Join(not, ", "))
	}
	for verb, n := range r.verbs {
		if verb != http.MethodGet && !r.writing.allowed {
			ts.Fatalf("%d requests %s reached Rootly", n, verb)
		}
	}
	if leaks := r.server.Leaks(); len(leaks) > 0 {
		ts.Fatalf("the token was seen in %s", strings.Join(leaks, ", "))
	}
}

// change sends a request past the network.
func change(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if r.server == nil || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: api METHOD PATH [FILE], after serve")
	}
	var body []byte
	if len(args) == 3 {
		body = []byte(ts.ReadFile(args[2]))
	}
	req := httptest.NewRequest(args[0], args[1], bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+scriptToken)
	req.Header.Set("Content-Type", "application/vnd.api+json")
	rec := httptest.NewRecorder()
	r.server.ServeHTTP(rec, req)
	if failed := rec.Code >= 400; failed != neg {
		ts.Fatalf("%s %s: %d %s", args[0], args[1], rec.Code, rec.Body)
	}
}

// pick sets a variable to the id of an object.
func pick(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: pick VAR TYPE N [TEXT], after serve")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	for _, o := range r.server.Snapshot() {
		if o.API != args[1] || len(args) == 4 && !strings.Contains(string(o.Body), args[3]) {
			continue
		}
		if n == 0 {
			ts.Setenv(args[0], o.ID)
			return
		}
		n--
	}
	ts.Fatalf("not so many %s", args[1])
}

// asked waits for the first request; "asked only GET" holds what requests there were.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) != 0 && len(args) != 2 {
		ts.Fatalf("usage: asked [only VERB], after serve")
	}
	select {
	case <-r.first:
	case <-time.After(time.Minute):
		ts.Fatalf("no request came")
	}
	if len(args) == 2 {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.verbs) != 1 || r.verbs[args[1]] == 0 {
			ts.Fatalf("requests: %v", r.verbs)
		}
	}
}
