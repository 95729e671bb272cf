// Package standin is a Terraform provider that stands in for the official one where that cannot be had.
//
// The official provider comes from a registry, which tests and demos cannot rely on. This one is made from
// the embedded schema and the catalogue, with the same SDK as the official one, because what matters
// to a plan are the habits of that SDK: zero values, ignored errors of Set, suppressed differences.
//
//	schema snapshot, facts, catalogue ──► provider ──► Serve ──► terraform or tofu by reattach
//	                                        │
//	                                        └──► GET /v1/... with net/http and encoding/json
//
// It shares no decoding with the importer: a value that the importer misreads must show in the plan.
//
// Not here: posing as the official provider. What verified is named by [Served].
package standin

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-mux/tf5to6server"
	"github.com/hashicorp/terraform-plugin-mux/tf6muxserver"
)

// Name is what the stand-in calls itself wherever a provider is named.
const Name = "stand-in"

// Options say where a stand-in reads and writes. The zero value leaves everything to the provider
// block of the configuration.
type Options struct {
	// URL and Token are used where the configuration sets no api_host or api_token. They come
	// before the environment, so that a plan against a local server can never reach a real one.
	URL   string
	Token string

	// Env looks up ROOTLY_API_URL and ROOTLY_API_TOKEN where neither the configuration nor the
	// fields above say anything. Nil means an empty environment.
	Env func(name string) string

	// Client makes the requests. Nil means a client of its own that keeps connections open.
	Client *http.Client

	// Log takes what the SDK logs, once Serve was called: from then on the standard logger of the
	// process writes there. Nil discards it.
	Log io.Writer

	// Sabotage, if not nil, sees the attributes of every object before they become state, and may
	// change them or fail the read. It is for tests that need a provider which misbehaves.
	Sabotage func(resource, id string, attributes map[string]any) error

	// Between, if not nil, stands between the engine and the provider, for tests that need one that
	// refuses, plans something else, or crashes.
	Between func(tfprotov6.ProviderServer) tfprotov6.ProviderServer
}

// New returns a provider server for protocol 6.
func New(ctx context.Context, o Options) (func() tfprotov6.ProviderServer, error) {
	sdk, err := newSDKProvider(o)
	if err != nil {
		return nil, fmt.Errorf("build stand-in provider: %w", err)
	}
	upgraded, err := tf5to6server.UpgradeServer(ctx, sdk.GRPCProvider)
	if err != nil {
		return nil, fmt.Errorf("upgrade stand-in provider to protocol 6: %w", err)
	}
	mux, err := tf6muxserver.NewMuxServer(ctx,
		func() tfprotov6.ProviderServer { return upgraded },
		providerserver.NewProtocol6(&rotationProvider{options: o}),
	)
	if err != nil {
		return nil, fmt.Errorf("join the halves of the stand-in provider: %w", err)
	}
	if o.Between == nil {
		return mux.ProviderServer, nil
	}
	return func() tfprotov6.ProviderServer { return o.Between(mux.ProviderServer()) }, nil
}
