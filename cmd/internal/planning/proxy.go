package planning

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// A proxy stands between a provider and Rootly, so that the plan keeps to the rules of our client: its pace, its retries,
// no redirect to another host, and nothing but GET. The provider gets a token that is good for this proxy only.
type proxy struct {
	ctx    context.Context
	token  string
	client *api.Client

	mu     sync.Mutex
	others map[string]*api.Client // by the tokens that code names itself
}

// throughProxy serves a target on loopback until the returned function is called.
func throughProxy(ctx context.Context, t connect.Target) (connect.Target, func(), error) {
	p := &proxy{ctx: ctx, token: rand.Text(), client: t.Client, others: map[string]*api.Client{}}
	url, stop, err := connect.Serve(p)
	return connect.Target{URL: url, Token: p.token}, stop, err
}

// ServeHTTP answers one request of the provider.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		refuse(w, http.StatusMethodNotAllowed, "a plan only reads", r.Method+" "+r.URL.Path+" was not sent")
		return
	}
	client, err := p.clientOf(r)
	if err != nil {
		refuse(w, http.StatusUnauthorized, "unauthorised", err.Error())
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	body, err := client.Relay(ctx, r.URL.EscapedPath(), r.URL.Query())
	if err != nil {
		p.pass(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.api+json")
	_, _ = w.Write(body) // to a provider that may have gone
}

// clientOf is the client for the token of a request. Who has another token than ours gets what that one may read.
func (p *proxy) clientOf(r *http.Request) (*api.Client, error) {
	token, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !given || token == "":
		return nil, errors.New("no token")
	case token == p.token:
		return p.client, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.others[token] == nil {
		other, err := p.client.As(api.Token(token))
		if err != nil {
			return nil, err
		}
		p.others[token] = other
	}
	return p.others[token], nil
}

// pass answers with an error. Only what Rootly itself decided keeps its status: a provider takes 404 for deleted, and
// repeats what it takes for a fault that will pass.
func (p *proxy) pass(w http.ResponseWriter, err error) {
	var failed *api.Error
	if errors.As(err, &failed) && failed.Decided() {
		refuse(w, failed.Status, failed.Title, failed.Detail)
		return
	}
	refuse(w, http.StatusFailedDependency, "Rootly did not answer", err.Error())
}

// refuse writes a JSON:API error.
func refuse(w http.ResponseWriter, status int, title, detail string) {
	type problem struct {
		Status string `json:"status"`
		Title  string `json:"title"`
		Detail string `json:"detail,omitempty"`
	}
	if title == "" {
		title = http.StatusText(status)
	}
	text, _ := json.Marshal(map[string][]problem{"errors": {{Status: strconv.Itoa(status), Title: title, Detail: detail}}}) // texts: cannot fail
	w.Header().Set("Content-Type", "application/vnd.api+json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "%s\n", text) // to a provider that may have gone
}
