package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// guard is the last step before the network. It refuses what the client must never send, whatever its callers request,
// and adds the token.
type guard struct {
	next      http.RoundTripper
	base      *url.URL
	authorise func(http.Header)
	permit    func(*http.Request) error
}

var _ http.RoundTripper = (*guard)(nil)

// RoundTrip implements [http.RoundTripper].
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.permit(r); err != nil {
		return nil, err
	}
	if !sameOrigin(r.URL, g.base) {
		return nil, errOtherHost(r.URL, g.base)
	}
	r = r.Clone(r.Context())
	g.authorise(r.Header)
	return g.next.RoundTrip(r)
}

// onlyGet is the permit of a reading client.
func onlyGet(r *http.Request) error {
	if r.Method != http.MethodGet {
		return fmt.Errorf("%w: %s %s", errReadOnly, r.Method, r.URL.Path)
	}
	return nil
}

// authoriser keeps the token in a closure, so that no print of a struct shows it.
func authoriser(token Token, userAgent string) func(http.Header) {
	return func(h http.Header) {
		h.Set("Authorization", "Bearer "+string(token))
		h.Set("Accept", "application/vnd.api+json")
		h.Set("Content-Type", "application/vnd.api+json")
		h.Set("User-Agent", userAgent)
	}
}

func redactor(token Token) func(string) string {
	return strings.NewReplacer(string(token), redacted, url.QueryEscape(string(token)), redacted).Replace
}

func sameHostOnly(base *url.URL) redirectPolicy {
	return func(r *http.Request, via []*http.Request) error {
		if !sameOrigin(r.URL, base) {
			return errOtherHost(r.URL, base)
		}
		if len(via) >= 5 {
			return errors.New("stopped after 5 redirects")
		}
		return nil
	}
}

func errOtherHost(target, base *url.URL) error {
	return hint.With(
		fmt.Errorf("the server redirects to another host: %s://%s instead of %s://%s", target.Scheme, target.Host, base.Scheme, base.Host),
		"the token is only sent to the configured host; if the API has moved, give its new base URL with --url",
	)
}

// parseBase reads the base URL of the API: scheme, host and perhaps a path prefix of a proxy.
func parseBase(text string) (*url.URL, error) {
	if text == "" {
		text = DefaultURL
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, hint.With(errors.New("the API URL is not an http or https URL"), "the default is "+DefaultURL)
	}
	switch {
	case u.User != nil:
		return nil, hint.With(errors.New("the API URL contains a user name or password"), "leave them out, and give the token with --token")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, hint.With(fmt.Errorf("the API URL %s://%s has a query or a fragment", u.Scheme, u.Host), "the default is "+DefaultURL)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, hint.With(fmt.Errorf("the API URL http://%s would send the token unencrypted", u.Host), "use https; plain http is only allowed on this machine")
	}
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// sameOrigin compares scheme, host and port, with default ports.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "http"):
		return "80"
	}
	return "443"
}

func pooledTransport(parallelism int) http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		t = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = parallelism
	t.MaxIdleConns = max(t.MaxIdleConns, parallelism)
	return t
}

// resolve builds the URL of a path such as "/v1/services" under the base.
func (c *Client) resolve(path string, query url.Values) (*url.URL, error) {
	ref, err := url.Parse(path)
	if err != nil || ref.IsAbs() || ref.Host != "" || !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%q is not an API path", c.redact(path))
	}
	u := *c.base
	u.Path, u.RawPath = c.base.Path+ref.Path, ""
	if ref.RawPath != "" {
		u.RawPath = c.base.EscapedPath() + ref.RawPath
	}
	values := ref.Query()
	for key, list := range query {
		values[key] = list
	}
	u.RawQuery = values.Encode()
	return &u, nil
}
