package sandbox

import (
	"net/http"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A Question is a read that a server may not be able to answer by what it holds. See [Options.Ask].
type Question struct {
	Path   string          // of the request, escaped
	API    string          // JSON:API type of what is there; empty for a path that is not known
	Parent string          // id of the owner that the path names; empty for none
	ID     string          // of the object; empty for a collection
	Pages  catalogue.Pages // of a collection
}

// ask has Options.Ask complete what is held before a request is answered by it.
func (s *Server) ask(r *http.Request, t target) error {
	if s.opts.Ask == nil || t.single && s.holds(t) {
		return nil
	}
	objects, err := s.opts.Ask(r.Context(), Question{Path: r.URL.EscapedPath(), API: t.api, Parent: t.parent, ID: t.id, Pages: t.pages})
	if err != nil {
		return unanswered(r, err.Error())
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for _, o := range objects {
		s.store.put(&record{Object: s.tables.owned(o)})
	}
	return nil
}

func (s *Server) holds(t target) bool {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	_, err := s.reader(nil, t).one()
	return err == nil
}

// askBeyond answers for a path that is not known: nothing that is held can answer it.
func (s *Server) askBeyond(r *http.Request) error {
	if _, err := s.opts.Ask(r.Context(), Question{Path: r.URL.EscapedPath()}); err != nil {
		return unanswered(r, err.Error())
	}
	return unanswered(r, "the path is not known")
}

// owned fills in the owner that the attributes of an object name.
func (t *tables) owned(o Object) Object {
	if name := t.ownerAttrs[o.API]; o.Parent == "" && name != "" {
		o.Parent = text(attribute(o.Body, name))
	}
	return o
}

// unanswered is what a request gets that nothing is known about. Clients do not repeat a request for it.
func unanswered(r *http.Request, why string) error {
	return failf(http.StatusNotImplemented, "no recording of %s %s: %s", r.Method, r.URL.Path, why)
}
