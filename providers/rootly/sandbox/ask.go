package sandbox

import (
	"net/http"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A Question is a read that a server may not be able to answer from its objects. See [Options.Ask].
type Question struct {
	Path   string          // of the request, escaped
	API    string          // JSON:API type of the objects; empty for an unknown path
	Parent string          // id of the owner in the path; empty for none
	ID     string          // of the object; empty for a collection
	Pages  catalogue.Pages // of a collection
}

// ask lets Options.Ask add objects before a request is answered from them.
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

// askBeyond answers for an unknown path: no object of the server can answer it.
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

// unanswered is the answer to a request that nothing is known about. Clients do not repeat it.
func unanswered(r *http.Request, why string) error {
	return failf(http.StatusNotImplemented, "no recording of %s %s: %s", r.Method, r.URL.Path, why)
}
