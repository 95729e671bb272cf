package standin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	defaultHost = "https://api.rootly.com"
	mediaType   = "application/vnd.api+json"
)

// errNotFound is returned for objects that Rootly does not have.
var errNotFound = errors.New("not found")

// client talks to one Rootly. It knows documents and nothing about resource types.
type client struct {
	base     string
	token    string
	http     *http.Client
	sabotage func(resource, id string, attributes map[string]any) error
}

// newClient takes host and token from the configuration and fills what it leaves out.
func newClient(o Options, host, token string) (*client, error) {
	env := o.Env
	if env == nil {
		env = func(string) string { return "" }
	}
	host = firstOf(host, o.URL, env("ROOTLY_API_URL"), defaultHost)
	if u, err := url.Parse(host); err != nil || u.Scheme == "" || u.Host == "" {
		return nil, fmt.Errorf("api_host %q is not a URL", host)
	}
	c := &client{
		base:     strings.TrimRight(host, "/"),
		token:    firstOf(token, o.Token, env("ROOTLY_API_TOKEN")),
		http:     patient(o.Client),
		sabotage: o.Sabotage,
	}
	return c, nil
}

// patient makes a client that waits when it asked too often and tries again after failures of the
// server, as the official provider does.
func patient(inner *http.Client) *http.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = 8
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.Backoff = wait
	if inner == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 64 // engines ask ten at a time by default
		inner = &http.Client{Transport: t}
	}
	c.HTTPClient = inner
	return c.StandardClient()
}

// wait follows X-RateLimit-Reset, the second in which requests are welcome again.
func wait(least, most time.Duration, attempt int, res *http.Response) time.Duration {
	if res != nil && res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "" {
		at, err := strconv.ParseInt(res.Header.Get("X-RateLimit-Reset"), 10, 64)
		if until := time.Until(time.Unix(at, 0)); err == nil && until > 0 && until < 5*time.Minute {
			return until
		}
	}
	return retryablehttp.DefaultBackoff(least, most, attempt, res)
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// document is a JSON:API document with one object.
type document struct {
	Data     *object  `json:"data"`
	Included []object `json:"included,omitempty"`
}

// list is a JSON:API document with many objects.
type list struct {
	Data []object `json:"data"`
}

type object struct {
	ID            string                     `json:"id,omitempty"`
	Type          string                     `json:"type"`
	Attributes    map[string]any             `json:"attributes,omitempty"`
	Relationships map[string]json.RawMessage `json:"relationships,omitempty"`
}

// one returns the object of an answer, which must be of the type that the provider expects.
func (d *document) one(kind string) (*object, error) {
	if d.Data == nil {
		return nil, errors.New("answer holds no data")
	}
	if d.Data.Type != kind {
		return nil, fmt.Errorf("answer holds an object of type %q, want %q", d.Data.Type, kind)
	}
	return d.Data, nil
}

// call makes one request and decodes the answer into out, unless out is nil.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", mediaType)
	req.Header.Set("User-Agent", "terraformer-rootly-"+Name)
	if in != nil {
		req.Header.Set("Content-Type", mediaType)
	}

	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return refused(res)
	}
	if out == nil {
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

func refused(res *http.Response) error {
	b, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
	if res.StatusCode == http.StatusNotFound {
		return errNotFound
	}
	return fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(b)))
}
