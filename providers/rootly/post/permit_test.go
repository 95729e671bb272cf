package post

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// The only requests of all that Rootly documents, with any verb, that may leave.
func TestOnlyEventsArePermitted(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "sandbox", "facts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var documented struct {
		Routes map[string]struct{} `json:"routes"`
	}
	if err := json.Unmarshal(raw, &documented); err != nil || len(documented.Routes) < 100 {
		t.Fatalf("%d routes, %v", len(documented.Routes), err)
	}
	may := map[string]bool{
		"POST /v1/pulses": true, "PUT /v1/pulses/1": true, "POST /v1/incidents": true, "PUT /v1/incidents/1": true,
		"POST /v1/incidents/1/events": true,
	}
	paths := []string{
		"/v1/incidents/1/events", "/v1/incidents/1/resolve", "/v1/pulses/1/x", "/v1/pulses/", "/v1/pulses/..%2fservices",
		"/v1/pulses/../services", "/v1/PULSES", "/pulses", "/v1/pulsesx", "/x/v1/pulses", "/v1/pulses?x=1", "//v1/pulses", "/v1/incidents/1%2Fevents",
	}
	for path := range documented.Routes {
		path = strings.NewReplacer("{id}", "1", "{parent}", "1").Replace(path)
		paths = append(paths, path)
	}
	left := map[string]bool{}
	network := roundTrip(func(r *http.Request) (*http.Response, error) {
		left[r.Method+" "+r.URL.Path] = true
		return httptest.NewRecorder().Result(), nil
	})
	conn, err := api.NewConn(api.Options{Token: "t", URL: "https://rootly.example", Transport: network}, permit(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		for _, verb := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "post"} {
			_, err := conn.Send(t.Context(), verb, path, nil)
			request := verb + " " + path
			if may[request] && errors.Is(err, errNotPermitted) || !may[request] && err == nil {
				t.Errorf("%s: %v", request, err)
			}
		}
	}
	for request := range left {
		if !may[request] {
			t.Errorf("%s left", request)
		}
	}
	if len(left) != len(may) {
		t.Errorf("%d requests left, want %d", len(left), len(may))
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestThePermitKnowsThePrefix(t *testing.T) {
	t.Parallel()
	for address, path := range map[string]string{
		"": "/v1/pulses", "https://x": "/v1/pulses", "https://x/v1/": "/v1/pulses", "https://x/rootly": "/rootly/v1/pulses",
	} {
		r := httptest.NewRequest(http.MethodPost, "https://x"+path, nil)
		if err := permit(prefixOf(address))(r); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "https://x/v1/pulses", nil)
	if err := permit(prefixOf("https://x/rootly"))(r); err == nil {
		t.Error("a path outside of the prefix left")
	}
}

// A connection can send anything that its permit lets through, so nobody else may make one.
func TestNobodyElseConnects(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		name := filepath.ToSlash(path)
		allowed := strings.HasSuffix(name, "rootly/api/conn.go") || strings.HasSuffix(name, "rootly/post/client.go")
		if strings.Contains(string(text), "NewConn(") && !allowed {
			t.Errorf("%s makes a connection that may write", path)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("%d files, %v", files, err)
	}
}
