package auditlog

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// answering returns a client of a server that gives one answer, and the request that it got last.
func answering(t *testing.T, status int, body string) (client *api.Client, got func() *url.URL) {
	t.Helper()
	requests := make(chan *url.URL, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r.URL
		w.Header().Set("Content-Type", "application/vnd.api+json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := api.New(api.Options{URL: server.URL, Token: "token", Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	return client, func() *url.URL { return <-requests }
}

const mixed = `{"data":[
	{"id":"3","type":"audits","attributes":{"event":"create","item_type":"Group","created_at":"2026-10-01T00:00:03Z","n":12345678901234567890}},
	{"id":"2","type":"audits","attributes":{"event":"create","item_type":"Group"}}, null, "7", 12, [],
	{"id":"1","type":"audits","attributes":{"event":"create","item_type":"Group","created_at":"2026-10-01T00:00:01Z","source":"api"}}],"links":{},"meta":{}}`

func TestEventsGoOnAfterOneThatCannotBeRead(t *testing.T) {
	t.Parallel()
	client, got := answering(t, http.StatusOK, mixed)
	var read []string
	for e, err := range (Log{Client: client}).Events(t.Context(), audit.Filter{Sources: []string{"web"}, APIKeys: []string{"k"}}) {
		switch {
		case IsUnreadable(err):
			read = append(read, "unreadable")
		case err != nil:
			t.Fatal(err)
		default:
			read = append(read, e.ID+" "+e.Source+" "+e.APIKeyID)
		}
	}
	if want := []string{"3 web k", "unreadable", "unreadable", "unreadable", "unreadable", "unreadable", "1 api k"}; !slices.Equal(read, want) {
		t.Errorf("read %q, want %q", read, want)
	}
	if order := got().Query().Get("sort"); order != "-created_at" {
		t.Errorf("sorted by %q", order)
	}
}

func TestBatchesKeepWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	client, got := answering(t, http.StatusOK, mixed)
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	var all audit.Batch
	for batch, err := range (Log{Client: client}).Batches(t.Context(), from, from.Add(time.Hour)) {
		if err != nil {
			t.Fatal(err)
		}
		all.Events = append(all.Events, batch.Events...)
		all.Unreadable = append(all.Unreadable, batch.Unreadable...)
	}
	if len(all.Events) != 2 || len(all.Unreadable) != 5 || !strings.Contains(string(all.Events[0].Raw), "12345678901234567890") {
		t.Errorf("%v", all)
	}
	q := got().Query()
	if q.Get("sort") != "created_at" || q.Get("filter[created_at][gte]") == "" || q.Get("filter[created_at][lt]") == "" {
		t.Errorf("asked with %v", q)
	}
}

func TestRefusalsHaveHints(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{401: "check that the token", 403: "Audits - read", 404: "probably lacks the permission Audits - read"} {
		client, _ := answering(t, status, `{"errors":[]}`)
		var last error
		for _, err := range (Log{Client: client}).Events(t.Context(), audit.Filter{}) {
			last = err
		}
		_, missing := UserID(t.Context(), client, "ada@example.com")
		for _, err := range []error{last, missing} {
			var h interface{ Hint() string }
			if !errors.As(err, &h) || !strings.Contains(h.Hint(), want) {
				t.Errorf("%d: %v", status, err)
			}
		}
	}
}

func TestUserIDComparesWithoutCase(t *testing.T) {
	t.Parallel()
	client, got := answering(t, http.StatusOK, `{"data":[{"id":"6","type":"users","attributes":{"email":"ada@example.com.au"}},
		{"id":"7","type":"users","attributes":{"email":"Ada@Example.com"}}],"links":{},"meta":{}}`)
	id, err := UserID(t.Context(), client, "ADA@example.com")
	if err != nil || id != "7" {
		t.Errorf("%q %v", id, err)
	}
	if asked := got().Query().Get("filter[email]"); asked != "ada@example.com" {
		t.Errorf("asked for %q", asked)
	}
	if _, err := UserID(t.Context(), client, "bo@example.com"); err == nil {
		t.Error("a user that does not exist was found")
	}
}
