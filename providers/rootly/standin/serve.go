package standin

import (
	"context"
	"fmt"
	"io"
	"log"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	sink "github.com/mitchellh/go-testing-interface"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Served is a running stand-in. It lives in this process until Close.
type Served struct {
	Name     string              // "stand-in", for reports that say what verified
	Version  string              // the provider version whose schema it shows
	Reattach tfexec.ReattachInfo // makes terraform and tofu use it instead of an installed provider

	cancel context.CancelFunc
	done   chan struct{}
}

// Serve starts a stand-in that an engine can attach to. One engine may use it at a time: an engine
// that configures it changes the host and token for all that are attached.
func Serve(ctx context.Context, o Options) (*Served, error) {
	server, err := New(ctx, o)
	if err != nil {
		return nil, err
	}

	// The SDK logs through the logger of the process, above all the errors of Set that it is
	// expected to drop. They must not reach the terminal of the program that serves the provider.
	if o.Log == nil {
		o.Log = io.Discard
	}
	log.SetOutput(o.Log)

	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	attach := make(chan *plugin.ReattachConfig)
	done := make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		failed <- tf6server.Serve("registry.terraform.io/"+schema.Source, server,
			tf6server.WithDebug(ctx, attach, done),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
			// What the SDK traces would go to standard error, since no engine filters it here.
			// The sink obeys TF_LOG as an engine does: without it, nothing is written.
			tf6server.WithLoggingSink(&sink.RuntimeT{}))
	}()

	select {
	case c := <-attach:
		if c == nil {
			cancel()
			return nil, fmt.Errorf("serve stand-in provider: no address to attach to")
		}
		return &Served{
			Name:     Name,
			Version:  schema.SnapshotVersion,
			Reattach: tfexec.ReattachInfo{schema.Source: reattachConfig(c)},
			cancel:   cancel,
			done:     done,
		}, nil
	case err := <-failed:
		cancel()
		return nil, fmt.Errorf("serve stand-in provider: %w", err)
	}
}

// Close stops the stand-in and returns when it is gone.
func (s *Served) Close() {
	s.cancel()
	<-s.done
}

func reattachConfig(c *plugin.ReattachConfig) tfexec.ReattachConfig {
	return tfexec.ReattachConfig{
		Protocol:        string(c.Protocol),
		ProtocolVersion: c.ProtocolVersion,
		Pid:             c.Pid,
		Test:            c.Test,
		Addr:            tfexec.ReattachConfigAddr{Network: c.Addr.Network(), String: c.Addr.String()},
	}
}
