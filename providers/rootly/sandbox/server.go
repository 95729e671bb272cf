// Package sandbox is a Rootly in memory, which makes proofs possible without a network.
//
//	objects ──► Server ──► pages, single objects, includes, filters
//	writes  ──► Server ──► objects, audit events
//
// It speaks JSON:API as Rootly's OpenAPI document describes it.
//
// Not here: what Rootly does with its configuration. No alert is routed, no workflow runs, nobody
// is paged. Who is on call is worked out from the schedules.
package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// A Server is a Rootly in memory. It is an [http.Handler], safe for concurrent use.
type Server struct {
	opts   Options
	tables *tables
	routes *node
	faults atomic.Pointer[trouble]
	count  counters
	rate   limiter

	store *store // whose lock also guards what follows
	ids   *maker
	log   *auditLog

	rulesMade map[key]bool // by alert route and request
}

// The tables are what is known of JSON:API types and paths. They never change.
type tables struct {
	*facts
	relations  map[string]map[string]relation
	children   map[string][]string // types of the children
	ownerAttrs map[string]string   // attribute with the parent's id
	nested     map[string][]string // paths of what Rootly makes within blocks
	owners     map[string][]string // types of the parents
	ownerLists map[string]string   // attribute with the ids of the teams
}

var _ http.Handler = (*Server)(nil)

// New returns a server that holds o.Objects.
func New(o Options) *Server {
	o = o.withDefaults()
	f, err := documented()
	if err != nil {
		f = &facts{} // a broken build; its tests say so, and nothing documented is left to serve
	}
	held := newStore(o.Objects)
	s := &Server{
		opts: o, routes: routes(), store: held, rulesMade: map[key]bool{},
		tables: &tables{
			facts: f, relations: relations(), children: childTypes(), ownerAttrs: ownerAttrs(), nested: nestedPaths(),
			owners: parentTypes(), ownerLists: ownerLists(),
		},
		ids: &maker{store: held, seed: o.Seed, clock: o.Clock},
		log: &auditLog{store: held, clock: o.Clock, audited: auditTypes()},
	}
	s.SetFaults(o.Faults)
	return s
}

// Snapshot returns all objects held, sorted by JSON:API type and id.
func (s *Server) Snapshot() []Object { return s.store.snapshot() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Clock().UTC().Format(http.TimeFormat))
	t, known := s.routes.match(r.URL.Path)
	s.count.add(r, t.route, s.opts.Token)

	faults := s.faults.Load()
	w = faults.meet(w, r)
	if w == nil || !s.rate.admit(w, s.opts.RateLimit, s.opts.Clock()) {
		return
	}
	if faults.Pacific {
		w = &californian{ResponseWriter: w}
	}
	if err := s.serve(w, r, t, known); err != nil {
		var p *problem
		if !errors.As(err, &p) {
			p = failf(http.StatusInternalServerError, "the sandbox failed: %v", err)
		}
		if p.status == http.StatusNotFound && faults.Terse404 {
			answer(w, p.status, []byte(terse))
			return
		}
		p.write(w)
	}
}

// serve answers a request that no fault has met.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, t target, known bool) error {
	if err := s.admit(r); err != nil {
		return err
	}
	if err := s.faults.Load().refuse(r, t); err != nil {
		return err
	}
	switch {
	case s.opts.Ask != nil && (!known || t.template == mePath):
		return s.askBeyond(r)
	case !known:
		return failf(http.StatusNotFound, "the sandbox does not know %s %s", r.Method, r.URL.Path)
	case t.named(s.opts.Forbidden):
		return failf(http.StatusForbidden, "your plan does not include %s", t.api)
	case t.named(s.opts.Absent):
		return failf(http.StatusNotFound, notFound)
	case reads(r.Method) && t.template == rulesPath:
		return s.serveRulesStatus(w, t)
	case reads(r.Method) && t.template == shiftsPath:
		return s.serveBody(w, r, t, (*reader).shiftsList)
	case reads(r.Method) && t.template == oncallsPath:
		return s.serveBody(w, r, t, (*reader).oncallsList)
	case reads(r.Method):
		return s.serveRead(w, r, t)
	case s.opts.ReadOnly || t.readOnly:
		w.Header().Set("Allow", "GET, HEAD")
		return failf(http.StatusMethodNotAllowed, "%s is read-only here", r.URL.Path)
	}
	return s.serveWrite(w, r, t)
}

// admit checks the token.
func (s *Server) admit(r *http.Request) error {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return failf(http.StatusUnauthorized, "Missing authorization token")
	}
	if s.opts.Token != "" && token != s.opts.Token {
		return failf(http.StatusUnauthorized, "Invalid authorization token")
	}
	return nil
}

const mediaType = "application/vnd.api+json"

// A problem is an error as JSON:API answers it.
type problem struct {
	status int
	detail string
}

func (p *problem) Error() string { return p.detail }

func failf(status int, format string, args ...any) *problem {
	return &problem{status, fmt.Sprintf(format, args...)}
}

type problemItem struct {
	Title  string  `json:"title"`
	Status string  `json:"status"`
	Code   *string `json:"code"`
	Detail string  `json:"detail"`
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter) {
	var doc struct {
		Errors [1]problemItem `json:"errors"`
	}
	doc.Errors[0] = problemItem{
		Title:  http.StatusText(p.status),
		Status: strconv.Itoa(p.status),
		Detail: p.detail,
	}
	body, _ := json.Marshal(doc) // strings only: cannot fail
	answer(w, p.status, body)
}

// answer writes a whole body.
func answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; nobody is left to tell
}
