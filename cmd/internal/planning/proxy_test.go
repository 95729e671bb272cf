package planning

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

const realToken = "rootly-real-token"

// proxied serves an imitation of Rootly behind a proxy, and returns the proxy's target.
func proxied(t *testing.T, rootly http.HandlerFunc) connect.Target {
	t.Helper()
	server := httptest.NewServer(rootly)
	t.Cleanup(server.Close)
	var clock atomic.Int64 // which only waiting moves
	client, err := api.New(api.Options{URL: server.URL, Token: realToken, Attempts: 3,
		Now: func() time.Time { return time.Unix(1_700_000_000, clock.Load()) },
		Sleep: func(ctx context.Context, d time.Duration) error {
			clock.Add(int64(d))
			return ctx.Err()
		}})
	if err != nil {
		t.Fatal(err)
	}
	target, stop, err := throughProxy(t.Context(), connect.Target{URL: server.URL, Token: realToken, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	if target.Token == realToken || !strings.HasPrefix(target.URL, "http://127.0.0.1:") {
		t.Errorf("the provider gets %+v", target)
	}
	return target
}

// ask asks as a provider does: with its own token, following redirects.
func ask(t *testing.T, method, url, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), realToken) {
		t.Errorf("the answer has the token: %s", body)
	}
	return answer.StatusCode, string(body)
}

func TestProxyKeepsToTheRulesOfTheClient(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(thief.Close)
	var busy, down, sent atomic.Int32
	target := proxied(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			sent.Add(1)
		}
		switch r.URL.Path {
		case "/v1/moved":
			http.Redirect(w, r, thief.URL+r.URL.Path, http.StatusFound)
		case "/v1/busy":
			if busy.Add(1) == 1 {
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = io.WriteString(w, `{"data": {"id": "1"}}`)
		case "/v1/down":
			down.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/v1/gone":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errors": [{"title": "Not found", "detail": "no such team"}]}`)
		case "/v1/page":
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<html>not here</html>")
		case "/v1/teams/a/b":
			_, _ = io.WriteString(w, `{"path": "`+r.URL.EscapedPath()+`", "query": "`+r.URL.Query().Get("filter[x]")+`", "token": `+
				map[bool]string{true: "1", false: "0"}[r.Header.Get("Authorization") == "Bearer "+realToken]+`}`)
		default:
			_, _ = io.WriteString(w, `{"token": "`+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer rootly-real-")+`"}`)
		}
	})
	for _, tt := range []struct {
		what, method, path, token string
		status                    int
		body                      string // part of it
	}{
		{"the answer as it is", "GET", "/v1/teams/a%2Fb?filter[x]=y+z", target.Token, 200, `{"path": "/v1/teams/a%2Fb", "query": "y z", "token": 1}`},
		{"a redirect to another port", "GET", "/v1/moved", target.Token, 424, "redirects to another host"},
		{"a limit that passes", "GET", "/v1/busy", target.Token, 200, `{"data": {"id": "1"}}`},
		{"a failure that stays", "GET", "/v1/down", target.Token, 424, "503 Service Unavailable (after 3 attempts)"},
		{"what Rootly decides", "GET", "/v1/gone", target.Token, 404, `"detail":"no such team"`},
		{"a web page is no decision", "GET", "/v1/page", target.Token, 424, "HTML"},
		{"a write", "POST", "/v1/teams", target.Token, 405, "a plan only reads"},
		{"no token", "GET", "/v1/teams", "", 401, "no token"},
		{"a token of the code", "GET", "/v1/teams", "of-the-code", 200, `{"token": "Bearer of-the-code"}`},
	} {
		status, body := ask(t, tt.method, target.URL+tt.path, tt.token)
		if status != tt.status || !strings.Contains(body, tt.body) {
			t.Errorf("%s: %d %s", tt.what, status, body)
		}
	}
	if elsewhere.Load() != 0 || sent.Load() != 0 || down.Load() != 3 {
		t.Errorf("%d requests elsewhere, %d writes, %d attempts", elsewhere.Load(), sent.Load(), down.Load())
	}
}

func TestProxyEndsWithThePlan(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	client, err := api.New(api.Options{URL: server.URL, Token: realToken})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	target, stop, err := throughProxy(ctx, connect.Target{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan int)
	go func() {
		status, _ := ask(t, "GET", target.URL+"/v1/teams", target.Token)
		done <- status
	}()
	<-asked
	cancel()
	if status := <-done; status != http.StatusFailedDependency {
		t.Errorf("status %d", status)
	}
	stop()
	if _, err := http.Get(target.URL); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("the proxy still answers: %v", err)
	}
}
