package sandbox

import "net/http"

// Rootly makes the rules of an alert route in the background. A write may name its request, and then poll by that name
// until the rules are made. Here they are made at once.
const (
	alertRoutes  = "alert_routes"
	rulesRequest = "request_id" // written next to the attributes, never served
	rulesPath    = "/v1/alert_routes/{parent}/async_rule_creation_status/{id}"
)

// noteRequest remembers the name of a write. The store must be locked.
func (s *Server) noteRequest(rec *record, given attributes) {
	if id := text(given[rulesRequest]); rec.API == alertRoutes && id != "" {
		s.rulesMade[key{rec.ID, id}] = true
	}
}

// serveRulesStatus answers whether the rules of a request are made.
func (s *Server) serveRulesStatus(w http.ResponseWriter, t target) error {
	s.store.mu.RLock()
	made := s.rulesMade[key{t.parent, t.id}]
	s.store.mu.RUnlock()
	if !made {
		return failf(http.StatusNotFound, "request %q of alert route %q was not found", t.id, t.parent)
	}
	answer(w, http.StatusOK, encode(map[string]string{"status": "success"}))
	return nil
}
