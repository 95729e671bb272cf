package sandbox

import (
	"bytes"
	"net/http"
	"strconv"
)

// serveOne answers with a single object.
func (s *Server) serveOne(w http.ResponseWriter, r *http.Request, t target) error {
	body, err := s.object(r, t)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, body)
	return nil
}

// object makes the answer; the lock is not held while a slow client reads it.
func (s *Server) object(r *http.Request, t target) ([]byte, error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()

	rec, err := s.one(t)
	if err != nil {
		return nil, err
	}
	return s.document(rec, r, t), nil
}

// document encodes one object with what the request includes.
func (s *Server) document(rec *record, r *http.Request, t target) []byte {
	var buf bytes.Buffer
	buf.WriteString(`{"data":`)
	in := s.includes(r.URL.Query(), t)
	buf.Write(in.body(rec))
	in.write(&buf)
	buf.WriteByte('}')
	return buf.Bytes()
}

// one finds the object that t names.
func (s *Server) one(t target) (*record, error) {
	if t.template == mePath {
		return s.me()
	}
	rec := s.store.find(t.api, t.id)
	if rec == nil || t.parent != "" && rec.Parent != t.parent {
		return nil, failf(http.StatusNotFound, "%s %q was not found", t.api, t.id)
	}
	return rec, nil
}

// me finds the user whose token it is: the actor, or else the first user.
func (s *Server) me() (*record, error) {
	if u := s.store.get("users", strconv.Itoa(s.actor.ID)); u != nil {
		return u, nil
	}
	for _, u := range s.store.byAPI["users"] {
		return u, nil
	}
	return nil, failf(http.StatusNotFound, "there are no users")
}
