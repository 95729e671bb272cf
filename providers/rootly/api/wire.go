package api

import (
	"net/http"
	"net/url"
)

// A wire is what every client here needs: a base URL, the HTTP client that adds the token, and a function that removes
// the token from texts.
type wire struct {
	base    *url.URL
	http    *http.Client
	options Options
	redact  func(string) string
}

// newWire checks the options. Only what the permit lets through is sent.
func newWire(o Options, permit func(*http.Request) error, redirect func(base *url.URL) redirectPolicy) (wire, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return wire{}, err
	}
	token, err := parseToken(string(o.Token), "the options")
	if err != nil {
		return wire{}, err
	}
	o.Token = "" // from here on only the guard and the redactor know it
	o = o.withDefaults()
	return wire{
		base: base,
		http: &http.Client{
			Transport:     &guard{next: o.Transport, base: base, authorise: authoriser(token, o.UserAgent), permit: permit},
			CheckRedirect: redirect(base),
		},
		options: o,
		redact:  redactor(token),
	}, nil
}

// A redirectPolicy says whether to follow a redirect, as [http.Client] asks.
type redirectPolicy = func(*http.Request, []*http.Request) error

// nowhere follows no redirect.
func nowhere(*url.URL) redirectPolicy {
	return func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}
