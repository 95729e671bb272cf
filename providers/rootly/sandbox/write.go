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

// A writer makes one change. The store must be locked.
type writer struct {
	*reader
	ids *maker
	log *auditLog
}

// change does a write and makes its answer.
func (s *Server) change(r *http.Request, t target, attrs attributes) (int, []byte, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()

	w := &writer{reader: s.reader(r, t), ids: s.ids, log: s.log}
	var rec *record
	var err error
	status := http.StatusOK
	switch r.Method {
	case http.MethodPost:
		status = http.StatusCreated
		rec, err = w.create(attrs)
	case http.MethodDelete:
		rec, err = w.destroy()
	default:
		rec, err = w.update(attrs)
	}
	if err != nil {
		return 0, nil, err
	}
	s.noteRequest(rec, attrs)
	return status, w.document(rec), nil
}

// writable reports whether a method is documented. Where PUT is, PATCH does the same, and the
// other way round: Rails routes both to one action.
func (s *Server) writable(method string, t target) bool {
	if t.api == retroConfigs && method == http.MethodPost && !t.single {
		return true // not documented; adopts the one of its kind, see create
	}
	methods := s.tables.Routes[t.template].Methods
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
func (w *writer) create(given attributes) (*record, error) {
	t := w.t
	parent := ""
	if len(t.owners) > 0 {
		owner := w.store.owner(t)
		if owner == nil {
			return nil, failf(http.StatusNotFound, "%s %q was not found", t.owners[0], t.parent)
		}
		parent = owner.ID
	}
	if t.api == retroConfigs {
		if old := w.sameKind(given); old != nil {
			return w.replace(old, given)
		}
	}
	facts := w.tables.Types[t.api]
	if err := facts.check(given, true); err != nil {
		return nil, err
	}
	rec := &record{Object: Object{API: t.api, ID: w.ids.next(t.api), Parent: parent}}
	attrs := make(attributes)
	for name, blank := range facts.Answers {
		attrs[name] = blank
	}
	facts.accept(attrs, given)
	w.settle(rec, attrs)
	w.translate(rec, attrs, given)
	rec.Body = encode(map[string]any{"id": rec.ID, "type": rec.API, "attributes": attrs})
	w.store.put(rec)
	w.makeMembers(rec, given)
	w.log.change(w.r, "create", nil, rec)
	return rec, nil
}

// sameKind finds the retrospective configuration that a create adopts: there is one of a kind.
func (w *writer) sameKind(given attributes) *record {
	kind := text(given["kind"])
	if found := w.store.where(retroConfigs, "kind", kind); kind != "" && len(found) > 0 {
		return found[0]
	}
	return nil
}

// update changes an object.
func (w *writer) update(given attributes) (*record, error) {
	old, err := w.one()
	if err != nil {
		return nil, err
	}
	return w.replace(old, given)
}

// replace puts a changed copy of old in its place. Nothing is recorded when nothing changed.
func (w *writer) replace(old *record, given attributes) (*record, error) {
	facts := w.tables.Types[old.API]
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
	w.translate(rec, attrs, given)
	if len(differences(old.attributes(), attrs)) > 0 {
		attrs["updated_at"] = encode(w.ids.stamp())
	}
	doc["attributes"] = encode(attrs)
	relate(old.API, doc, given)
	rec.Body = encode(doc)
	w.store.put(rec)
	w.makeMembers(rec, given)
	w.log.change(w.r, "update", old, rec)
	return rec, nil
}

// destroy deletes an object and what it owns.
func (w *writer) destroy() (*record, error) {
	rec, err := w.one()
	if err != nil {
		return nil, err
	}
	if why := undeletable(rec); why != "" {
		return nil, failf(http.StatusUnprocessableEntity, "%s", why)
	}
	w.drop(rec)
	return rec, nil
}

// drop takes out an object after its children, and theirs.
func (w *writer) drop(rec *record) {
	for _, api := range w.tables.children[rec.API] {
		for _, c := range slices.Clone(w.store.byOwner[key{api, rec.ID}]) {
			w.drop(c)
		}
	}
	w.store.remove(rec)
	w.log.change(w.r, "destroy", rec, nil)
}
