package cli

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// connection is how to reach the organisation.
type connection struct {
	url, token, tokenFile string
	perMinute             int
	parallelism           int
	retries               int
	synthetic             bool
	size                  int
	seed                  uint64
}

// open returns a client and a function that closes what it needed.
func (c *connection) open(w World, onRequest func(api.Event)) (*api.Client, target, func(), error) {
	if c.parallelism < 1 {
		return nil, target{}, nil, usage(fmt.Errorf("--parallelism %d: at least one request must be in flight", c.parallelism), "leave the flag out for 16")
	}
	if c.perMinute < 0 {
		return nil, target{}, nil, usage(fmt.Errorf("--max-requests-per-minute %d is negative", c.perMinute), "0 follows what Rootly announces")
	}
	if c.size < 0 {
		return nil, target{}, nil, badSize(c.size)
	}
	if c.retries < 0 {
		return nil, target{}, nil, usage(fmt.Errorf("--retries %d is negative", c.retries), "0 never repeats a request")
	}
	o := api.Options{
		URL:                  cmp.Or(c.url, w.Getenv("ROOTLY_API_URL")),
		Parallelism:          c.parallelism,
		MaxRequestsPerMinute: c.perMinute,
		Attempts:             c.retries + 1,
		UserAgent:            "terraformer-rootly/" + version(),
		OnRequest:            onRequest,
	}
	done := func() {}
	if c.synthetic {
		address, stop, err := serve(c.server(w.Now))
		if err != nil {
			return nil, target{}, nil, err
		}
		o.URL, o.Token, done = address, "synthetic", stop
	} else {
		token, err := api.TokenSources{Flag: c.token, File: c.tokenFile, Env: w.Getenv("ROOTLY_API_TOKEN"), ReadFile: os.ReadFile}.Resolve()
		if err != nil {
			return nil, target{}, nil, err
		}
		o.Token = token
	}
	client, err := api.New(o)
	if err != nil {
		done()
		return nil, target{}, nil, err
	}
	return client, target{url: o.URL, token: string(o.Token)}, done, nil
}

func badSize(size int) error {
	return usage(fmt.Errorf("--size %d is negative", size), "0 makes an organisation that has every type")
}

// server makes the sandbox with the built-in organisation.
func (c *connection) server(now func() time.Time) *sandbox.Server {
	return sandbox.New(sandbox.Options{Objects: organisation.New(organisation.Options{Seed: c.seed, Size: c.size}), Seed: c.seed, Clock: now})
}

// serve answers on a free loopback port until the returned function is called.
func serve(h http.Handler) (address string, stop func(), err error) {
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
