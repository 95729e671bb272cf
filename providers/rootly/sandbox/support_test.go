package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// object makes a stored object; attrs are a JSON object.
func object(api, id, parent, attrs string) sandbox.Object {
	body := fmt.Sprintf(`{"id":%q,"type":%q,"attributes":%s}`, id, api, attrs)
	return sandbox.Object{API: api, ID: id, Parent: parent, Body: json.RawMessage(body)}
}

// start serves a sandbox for one test.
func start(t *testing.T, o sandbox.Options) (*sandbox.Server, *client) {
	t.Helper()
	if o.Clock == nil {
		o.Clock = func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	}
	s := sandbox.New(o)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, &client{t: t, base: web.URL, token: "secret-token"}
}

type client struct {
	t     *testing.T
	base  string
	token string
}

type resource struct {
	ID            string                     `json:"id"`
	Type          string                     `json:"type"`
	Attributes    map[string]json.RawMessage `json:"attributes"`
	Relationships map[string]struct {
		Data json.RawMessage `json:"data"`
	} `json:"relationships"`
}

// an answer is a whole document, decoded as loosely as the tests need.
type answer struct {
	status   int
	header   http.Header
	raw      []byte
	Data     json.RawMessage `json:"data"`
	Included []resource      `json:"included"`
	Links    *struct {
		Self, First, Last string
		Prev, Next        *string
	} `json:"links"`
	Meta *struct {
		CurrentPage int  `json:"current_page"`
		NextPage    *int `json:"next_page"`
		PrevPage    *int `json:"prev_page"`
		TotalCount  int  `json:"total_count"`
		TotalPages  int  `json:"total_pages"`
	} `json:"meta"`
	Errors []struct{ Title, Status, Detail string } `json:"errors"`
}

func (c *client) do(method, path, body string) answer {
	c.t.Helper()
	if len(path) > 0 && path[0] == '/' {
		path = c.base + path
	}
	req, err := http.NewRequest(method, path, bytes.NewBufferString(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: raw}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &a); err != nil {
			c.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	return a
}

func (c *client) get(path string) answer {
	c.t.Helper()
	return c.do(http.MethodGet, path, "")
}

// ok gets a path that must answer 200.
func (c *client) ok(path string) answer {
	c.t.Helper()
	return c.want(http.StatusOK, http.MethodGet, path, "")
}

func (c *client) want(status int, method, path, body string) answer {
	c.t.Helper()
	a := c.do(method, path, body)
	if a.status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.raw)
	}
	return a
}

func (a answer) list(t *testing.T) []resource {
	t.Helper()
	var rs []resource
	if err := json.Unmarshal(a.Data, &rs); err != nil {
		t.Fatalf("data: %v: %s", err, a.raw)
	}
	return rs
}

func (a answer) one(t *testing.T) resource {
	t.Helper()
	var r resource
	if err := json.Unmarshal(a.Data, &r); err != nil {
		t.Fatalf("data: %v: %s", err, a.raw)
	}
	return r
}

func (a answer) ids(t *testing.T) []string {
	t.Helper()
	ids := []string{}
	for _, r := range a.list(t) {
		ids = append(ids, r.ID)
	}
	return ids
}
