package collector

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

func TestPaceGrowsWhileLimited(t *testing.T) {
	t.Parallel()
	p := pacer{usual: time.Second, next: time.Second}
	for range 10 {
		p.adapt(true, false)
	}
	if p.next != slowest*time.Second {
		t.Errorf("limited: %s", p.next)
	}
	for range 10 {
		p.adapt(false, false)
	}
	if p.next != time.Second {
		t.Errorf("afterwards: %s", p.next)
	}
}

func TestHealthNeedsSuccess(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	m := &metrics{now: func() time.Time { return now }, started: now, patience: time.Minute, stats: func() api.Stats { return api.Stats{} }}
	status := func() int {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		return w.Code
	}
	if got := status(); got != 200 {
		t.Errorf("at the start: %d", got)
	}
	now = now.Add(2 * time.Minute)
	m.round(now, auditcopy.Round{}, errors.New("outage"))
	if got := status(); got != 503 {
		t.Errorf("without success: %d", got)
	}
	var text bytes.Buffer
	m.write(&text)
	if !strings.Contains(text.String(), "rootly_audit_lag_seconds 120\n") {
		t.Error(text.String())
	}
	m.round(now, auditcopy.Round{}, nil)
	if got := status(); got != 200 {
		t.Errorf("after a success: %d", got)
	}
}
