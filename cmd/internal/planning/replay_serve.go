package planning

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// longestRead bounds a read that a plan waits for.
const longestRead = 2 * time.Minute

// A Replay serves a recording on loopback. What the recording does not have is read from Rootly once, and
// recorded. What cannot be read fails the plan: a 404 would make the provider take the object for deleted.
type Replay struct {
	Target connect.Target
	Stop   func()
	client rootly.Client
	record Recording

	mu     sync.Mutex
	asked  map[string]*reading // by path
	failed map[string]error    // by path, what could not be read
}

// A reading is one read from Rootly.
type reading struct {
	once    sync.Once
	objects []sandbox.Object
	err     error
}

// Serve begins to serve a recording.
func (r Recording) Serve(ctx context.Context, client rootly.Client) (*Replay, error) {
	p := &Replay{client: client, asked: map[string]*reading{}, failed: map[string]error{}}
	objects := r.Objects
	r.Objects, r.known = nil, nil
	p.record = r
	ask := func(_ context.Context, q sandbox.Question) ([]sandbox.Object, error) {
		return p.ask(ctx, q) // a provider that stops waiting ends no read
	}
	// The recording holds what the organisation holds: nobody else on this machine may read it.
	token := rand.Text()
	url, stop, err := connect.Serve(sandbox.New(sandbox.Options{Objects: objects, ReadOnly: true, Token: token, Ask: ask}))
	p.Target, p.Stop = connect.Target{URL: url, Token: token}, stop
	return p, err
}

// ask reads what the recording does not have.
func (p *Replay) ask(ctx context.Context, q sandbox.Question) ([]sandbox.Object, error) {
	nobody := strings.Contains(q.Path, "//") // the provider has no id of an owner
	if nobody || q.ID == "" && p.record.holdsAll(q.API) || p.record.gone[q.API+"/"+q.ID] {
		return nil, nil
	}
	p.mu.Lock()
	r := p.asked[q.Path]
	if r == nil {
		r = &reading{}
		p.asked[q.Path] = r
	}
	p.mu.Unlock()
	r.once.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, longestRead)
		defer cancel()
		r.objects, r.err = p.read(ctx, q)
		if r.err != nil && !errors.Is(r.err, api.ErrUnusable) { // which the provider cannot use either
			p.mu.Lock()
			p.failed[q.Path] = r.err
			p.mu.Unlock()
		}
	})
	return r.objects, r.err
}

func (p *Replay) read(ctx context.Context, q sandbox.Question) ([]sandbox.Object, error) {
	var found []*rootly.Object
	if q.API == "" {
		return nil, errors.New("the path is not known")
	}
	if q.ID != "" {
		o, err := rootly.ReadOne(ctx, p.client, q.Path, q.API, graph.ID(q.Parent))
		if errors.Is(err, api.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, o)
	} else {
		list, err := rootly.ReadAll(ctx, p.client, q.Path, q.Pages, graph.ID(q.Parent))
		if errors.Is(err, api.ErrNotFound) && q.Parent != "" {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		found = list
	}
	var more Recording
	for _, o := range found {
		if err := more.Add(o); err != nil {
			return nil, err
		}
	}
	return more.Objects, nil
}

// Unanswered lists the requests of the plan that could not be answered.
func (p *Replay) Unanswered() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for path, err := range p.failed {
		list = append(list, fmt.Sprintf("the plan reads %s, which was not recorded: %v", path, err))
	}
	slices.Sort(list)
	return list
}
