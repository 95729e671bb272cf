package connect

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/history"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// Connection is how to reach the organisation.
type Connection struct {
	URL, Token, TokenFile string
	PerMinute             int
	Parallelism           int
	Retries               int
	Synthetic             bool
	Size                  int
	Seed                  uint64

	Transport http.RoundTripper // sends the requests; nil: the client's own
}

// Open returns a client and a function that closes what it needed. Note shows a text to the user; nil: on
// standard error.
func (c *Connection) Open(w world.World, note func(string)) (*api.Client, Target, func(), error) {
	if c.Parallelism < 1 {
		return nil, Target{}, nil, exit.Usage(fmt.Errorf("--parallelism %d is too small", c.Parallelism), "give at least 1, or leave the flag out for 16")
	}
	if c.PerMinute < 0 {
		return nil, Target{}, nil, exit.Usage(fmt.Errorf("--max-requests-per-minute %d is negative", c.PerMinute), "0 follows what Rootly announces")
	}
	if c.Size < 0 {
		return nil, Target{}, nil, BadSize(c.Size)
	}
	if c.Retries < 0 {
		return nil, Target{}, nil, exit.Usage(fmt.Errorf("--retries %d is negative", c.Retries), "0 never repeats a request")
	}
	if note == nil {
		note = w.Report().Note
	}
	o := api.Options{
		URL:                  cmp.Or(c.URL, w.Getenv("ROOTLY_API_URL")),
		Parallelism:          c.Parallelism,
		MaxRequestsPerMinute: c.PerMinute,
		Attempts:             c.Retries + 1,
		Transport:            c.Transport,
		UserAgent:            "terraformer-rootly/" + world.Version(),
		OnWait: func(d time.Duration, until time.Time) {
			note(fmt.Sprintf("Rootly's rate limit is used up, or it asks for a pause: waiting %s, until %s", d.Round(time.Second), until.Format(time.TimeOnly)))
		},
	}
	done := func() {}
	if c.Synthetic {
		address, stop, err := Serve(c.Server(w.Now))
		if err != nil {
			return nil, Target{}, nil, err
		}
		o.URL, o.Token, done = address, "synthetic", stop
	} else {
		token, err := api.TokenSources{Flag: c.Token, File: c.TokenFile, Env: w.Getenv("ROOTLY_API_TOKEN"), ReadFile: os.ReadFile}.Resolve()
		if err != nil {
			return nil, Target{}, nil, err
		}
		o.Token = token
	}
	client, err := api.New(o)
	if err != nil {
		done()
		return nil, Target{}, nil, err
	}
	disconnect := func() {
		if text := client.Miscount(); text != "" {
			w.Report().Note(text)
		}
		done()
	}
	return client, Target{URL: o.URL, Token: string(o.Token), Client: client}, disconnect, nil
}

// BadSize is the usage error for a built-in organisation of a negative size.
func BadSize(size int) error {
	return exit.Usage(fmt.Errorf("--size %d is negative", size), "0 makes an organisation with every type")
}

// Server makes the sandbox with the built-in organisation and a month of changes.
func (c *Connection) Server(now func() time.Time) *sandbox.Server {
	objects := organisation.New(organisation.Options{Seed: c.Seed, Size: c.Size})
	server := sandbox.New(sandbox.Options{Objects: objects, Seed: c.Seed, Clock: now})
	for _, e := range history.Events(history.Options{Objects: objects, Until: now().Truncate(time.Hour), Seed: c.Seed}) {
		server.Record(e)
	}
	return server
}

// Serve answers on a free loopback port until the returned function is called.
func Serve(h http.Handler) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen on loopback: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l) // returns when closed
	}()
	return "http://" + l.Addr().String(), func() {
		_ = server.Close()
		<-ended
	}, nil
}

// A Target is the API that a proof asks.
type Target struct {
	URL, Token string

	// Client asks the target for whoever else asks it, such as a provider. Nil: it is on loopback, and ours.
	Client *api.Client
}
