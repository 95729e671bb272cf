package acceptance

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// TestCrashingObjects imports with a provider that crashes on some objects, and holds that these are told
// of and everything else is imported; then again, where code of theirs is there already.
func TestCrashingObjects(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		dies map[string]string // the call that crashes, by the collection whose first object it is
		args []string
	}{
		{name: "one", dies: map[string]string{"services": "read"}},
		{name: "three", dies: map[string]string{"workflows": "read", "services": "plan", "severities": "read"}},
		{name: "folded", dies: map[string]string{"severities": "plan"}, args: []string{"--fold"}},
		{name: "in a state", dies: map[string]string{"services": "read"}, args: []string{"--import-as", "state"}},
	} {
		for _, engine := range engineNames(t) {
			t.Run(test.name+" "+filepath.Base(engine), func(t *testing.T) {
				t.Parallel()
				server, url := serve(t, of(60))
				c := &crashing{ids: map[string]string{}, apis: map[string]string{}}
				for api, call := range test.dies {
					id := firstOf(t, server.Snapshot(), api)
					c.ids[id], c.apis[id] = call, api
				}
				dir := filepath.Join(t.TempDir(), "out")
				args := append([]string{"import", "-o", dir, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engine}, test.args...)
				o := programWith(t, c.serve, os.Environ(), args...)
				c.left(t, o)
				if len(test.args) > 0 {
					return
				}
				accounted(t, server.Snapshot(), read(t, dir), o.summary)

				// Code of theirs stays, out of the plan, since they live.
				if p := program(t, os.Environ(), append(args, "--no-verify")...); p.code != 0 {
					t.Fatalf("import without a plan: %d %s", p.code, p.talk)
				}
				o = programWith(t, c.serve, os.Environ(), args...)
				c.left(t, o)
				kept := 0
				for _, k := range o.summary.Kept {
					if strings.Contains(k.Reason, "crashes on it") {
						kept++
					}
				}
				if kept != len(c.ids) {
					t.Errorf("code kept: %+v, want that of %d objects", o.summary.Kept, len(c.ids))
				}
				if o = programWith(t, c.serve, os.Environ(), "verify", dir, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engine); o.code != 1 ||
					!strings.Contains(o.talk, "the provider crashes on it") {
					t.Errorf("verify: exit code %d, %s, want 1 and the object", o.code, o.talk)
				}
			})
		}
	}
}

// firstOf is the id of the first object of a collection.
func firstOf(t *testing.T, live []sandbox.Object, api string) string {
	t.Helper()
	for _, o := range live {
		if o.API == api {
			return o.ID
		}
	}
	t.Fatalf("the organisation has no %s", api)
	return ""
}

// crashing is a provider that is gone once it was asked for some objects, until it is started again.
type crashing struct {
	ids  map[string]string // and the call that each crashes at
	apis map[string]string // and the collection that each is in
	gone atomic.Bool
}

func (c *crashing) serve(ctx context.Context, o standin.Options) (*standin.Served, error) {
	o.Between = func(inner tfprotov6.ProviderServer) tfprotov6.ProviderServer {
		return &crashingServer{ProviderServer: inner, crashing: c}
	}
	return standin.Serve(ctx, o)
}

// left holds that a run left these objects out and nothing else on their account.
func (c *crashing) left(t *testing.T, o outcome) {
	t.Helper()
	if o.code != 0 || o.summary.Proof.State != report.ProofClean {
		t.Fatalf("exit code %d, proof %q: %s %+v", o.code, o.summary.Proof.State, o.talk, o.summary.Proof.Differences)
	}
	told := map[string]bool{}
	for _, n := range o.summary.NotImported {
		if strings.Contains(n.Reason, "the provider crashes on it") && n.Hint != "" {
			told[n.ID] = true
		}
	}
	for id := range c.ids {
		if !told[id] {
			t.Errorf("%s makes the provider crash, and is not told: %+v", id, o.summary.NotImported)
		}
	}
	if len(told) != len(c.ids) {
		t.Errorf("told of %d objects at which the provider crashes, want %d", len(told), len(c.ids))
	}
	if o.summary.Imported() < 50 {
		t.Errorf("%d objects imported", o.summary.Imported())
	}
}

// crashingServer stands between the engine and a provider that crashes.
type crashingServer struct {
	tfprotov6.ProviderServer
	*crashing
}

// dies reports whether the provider is gone, by this call or one before it.
func (s *crashingServer) dies(call, resource string, object []byte) bool {
	for id, at := range s.ids {
		if at != call || !bytes.Contains(object, []byte(id)) {
			continue
		}
		if row := catalogue.Lookup(resource); row != nil && row.API == s.apis[id] { // others may refer to it
			s.gone.Store(true)
		}
	}
	return s.gone.Load()
}

// GetProviderSchema comes first whenever an engine starts.
func (s *crashingServer) GetProviderSchema(ctx context.Context, r *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	s.gone.Store(false)
	return s.ProviderServer.GetProviderSchema(ctx, r)
}

func (s *crashingServer) ImportResourceState(ctx context.Context, r *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	if s.dies("import", r.TypeName, []byte(r.ID)) {
		return nil, io.ErrUnexpectedEOF
	}
	return s.ProviderServer.ImportResourceState(ctx, r)
}

func (s *crashingServer) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if s.dies("read", r.TypeName, r.CurrentState.MsgPack) {
		return nil, io.ErrUnexpectedEOF
	}
	return s.ProviderServer.ReadResource(ctx, r)
}

func (s *crashingServer) ValidateResourceConfig(ctx context.Context, r *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if s.gone.Load() {
		return nil, context.Canceled
	}
	return s.ProviderServer.ValidateResourceConfig(ctx, r)
}

func (s *crashingServer) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if s.dies("plan", r.TypeName, r.PriorState.MsgPack) {
		return nil, io.ErrUnexpectedEOF
	}
	return s.ProviderServer.PlanResourceChange(ctx, r)
}
