package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
)

const maxWrite = 16 << 20

// serveWrite creates, changes or deletes an object.
func (s *Server) serveWrite(w http.ResponseWriter, r *http.Request, t target) error {
	if !s.writable(r.Method, t) {
		w.Header().Set("Allow", "GET, HEAD")
		return failf(http.StatusMethodNotAllowed, "the sandbox does not know %s %s", r.Method, r.URL.Path)
	}
	var attrs attributes
	if r.Method != http.MethodDelete {
		var err error
		if attrs, err = decodeWrite(w, r, t.api); err != nil {
			return err
		}
	}
	status, body, err := s.change(r, t, attrs)
	if err != nil {
		return err
	}
	answer(w, status, body)
	return nil
}

// change does a write and makes its answer.
func (s *Server) change(r *http.Request, t target, attrs attributes) (int, []byte, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()

	var rec *record
	var err error
	status := http.StatusOK
	switch r.Method {
	case http.MethodPost:
		status = http.StatusCreated
		rec, err = s.create(r, t, attrs)
	case http.MethodDelete:
		rec, err = s.destroy(r, t)
	default:
		rec, err = s.update(r, t, attrs)
	}
	if err != nil {
		return 0, nil, err
	}
	s.noteRequest(rec, attrs)
	return status, s.document(rec, r, t), nil
}

// writable reports whether a method is documented. Where PUT is, PATCH does the same, and the
// other way round: Rails routes both to one action.
func (s *Server) writable(method string, t target) bool {
	if t.api == retroConfigs && method == http.MethodPost && !t.single {
		return true // not documented; adopts the one of its kind, see create
	}
	methods := s.facts.Routes[t.template].Methods
	if method == http.MethodPut || method == http.MethodPatch {
		return slices.Contains(methods, http.MethodPut) || slices.Contains(methods, http.MethodPatch)
	}
	return slices.Contains(methods, method)
}

// attributes are those of one object, still encoded.
type attributes map[string]json.RawMessage

// decodeWrite reads the body of a write: {"data": {"type", "attributes"}} or, for the edge
// connectors' actions, {"action": {…}} as the OpenAPI document has it.
func decodeWrite(w http.ResponseWriter, r *http.Request, api string) (attributes, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWrite))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, failf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	if err != nil {
		return nil, failf(http.StatusBadRequest, "the body could not be read: %v", err)
	}
	var doc struct {
		Data *struct {
			Type       string     `json:"type"`
			Attributes attributes `json:"attributes"`
		} `json:"data"`
		Action attributes `json:"action"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, failf(http.StatusBadRequest, "the body is no JSON:API document: %v", err)
	}
	if doc.Data == nil && api == edgeActions && doc.Action != nil {
		return doc.Action, nil
	}
	if doc.Data == nil {
		return nil, failf(http.StatusUnprocessableEntity, "data is missing")
	}
	if doc.Data.Type != api && !(api == edgeActions && doc.Data.Type == edgeActionsAlso) {
		return nil, failf(http.StatusUnprocessableEntity, "data.type is %q, not %q", doc.Data.Type, api)
	}
	if doc.Data.Attributes == nil {
		return attributes{}, nil
	}
	return doc.Data.Attributes, nil
}

// create makes an object.
func (s *Server) create(r *http.Request, t target, given attributes) (*record, error) {
	parent := ""
	if len(t.owners) > 0 {
		owner := s.store.owner(t)
		if owner == nil {
			return nil, failf(http.StatusNotFound, "%s %q was not found", t.owners[0], t.parent)
		}
		parent = owner.ID
	}
	if t.api == retroConfigs {
		if old := s.sameKind(given); old != nil {
			return s.replace(r, old, given)
		}
	}
	facts := s.facts.Types[t.api]
	if err := facts.check(given, true); err != nil {
		return nil, err
	}
	rec := &record{Object: Object{API: t.api, ID: s.newID(t.api), Parent: parent}}
	attrs := make(attributes)
	for name, blank := range facts.Answers {
		attrs[name] = blank
	}
	facts.accept(attrs, given)
	s.settle(rec, t, attrs)
	s.translate(rec, attrs, given)
	rec.Body = encode(map[string]any{"id": rec.ID, "type": rec.API, "attributes": attrs})
	s.store.put(rec)
	s.makeMembers(rec, given)
	s.audit(r, "create", nil, rec)
	return rec, nil
}

// sameKind finds the retrospective configuration that a create adopts: there is one of a kind.
func (s *Server) sameKind(given attributes) *record {
	kind := text(given["kind"])
	if found := s.store.where(retroConfigs, "kind", kind); kind != "" && len(found) > 0 {
		return found[0]
	}
	return nil
}

// update changes an object.
func (s *Server) update(r *http.Request, t target, given attributes) (*record, error) {
	old, err := s.one(t)
	if err != nil {
		return nil, err
	}
	return s.replace(r, old, given)
}

// replace puts a changed copy of old in its place. Nothing is recorded when nothing changed.
func (s *Server) replace(r *http.Request, old *record, given attributes) (*record, error) {
	facts := s.facts.Types[old.API]
	if err := facts.check(given, false); err != nil {
		return nil, err
	}
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(old.Body, &doc); err != nil {
		return nil, failf(http.StatusInternalServerError, "%s %q is stored as no JSON: %v", old.API, old.ID, err)
	}
	attrs := old.attributes()
	facts.accept(attrs, given)
	rec := &record{Object: Object{API: old.API, ID: old.ID, Parent: old.Parent}}
	s.translate(rec, attrs, given)
	if len(differences(old.attributes(), attrs)) > 0 {
		attrs["updated_at"] = encode(s.stamp())
	}
	doc["attributes"] = encode(attrs)
	relate(old.API, doc, given)
	rec.Body = encode(doc)
	s.store.put(rec)
	s.makeMembers(rec, given)
	s.audit(r, "update", old, rec)
	return rec, nil
}

// destroy deletes an object and what it owns.
func (s *Server) destroy(r *http.Request, t target) (*record, error) {
	rec, err := s.one(t)
	if err != nil {
		return nil, err
	}
	if why := undeletable(rec); why != "" {
		return nil, failf(http.StatusUnprocessableEntity, "%s", why)
	}
	s.drop(r, rec)
	return rec, nil
}

// drop takes out an object after its children, and theirs.
func (s *Server) drop(r *http.Request, rec *record) {
	for _, api := range s.children[rec.API] {
		for _, c := range slices.Clone(s.store.byOwner[key{api, rec.ID}]) {
			s.drop(r, c)
		}
	}
	s.store.remove(rec)
	s.audit(r, "destroy", rec, nil)
}
