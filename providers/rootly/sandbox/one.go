package sandbox

import (
	"bytes"
	"net/http"
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
	var buf bytes.Buffer
	buf.WriteString(`{"data":`)
	in := s.includes(r.URL.Query(), t)
	buf.Write(in.body(rec))
	in.write(&buf)
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// one finds the object that t names.
func (s *Server) one(t target) (*record, error) {
	rec := s.store.find(t.api, t.id)
	if rec == nil || t.parent != "" && rec.Parent != t.parent {
		return nil, failf(http.StatusNotFound, "%s %q was not found", t.api, t.id)
	}
	return rec, nil
}
