package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

func newSandbox(w world.World) *cobra.Command {
	var (
		address string
		size    int
		seed    uint64
	)
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve the built-in organisation as if it were Rootly",
		Long: `Serve the built-in organisation as if it were Rootly.

Everything is kept in memory: objects can be created, changed and deleted through
the API, and changes are lost when the command ends. Any token is accepted.

` + exit.Text,
		Example: `  $ terraformer-rootly sandbox --addr 127.0.0.1:8080
  $ terraformer-rootly import --url http://127.0.0.1:8080 --token any -o ./demo`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if size < 0 {
				return connect.BadSize(size)
			}
			objects := organisation.New(organisation.Options{Seed: seed, Size: size})
			return runSandbox(cmd.Context(), w, address, sandbox.New(sandbox.Options{Objects: objects, Seed: seed, Clock: w.Now}))
		},
	}
	f := cmd.Flags()
	f.StringVar(&address, "addr", "127.0.0.1:8080", "`ADDRESS` to listen on")
	f.IntVar(&size, "size", 0, "number of objects in the organisation (0: an organisation with every type)")
	f.Uint64Var(&seed, "seed", 1, "random seed of the organisation")
	return cmd
}

// runSandbox serves until the context ends.
func runSandbox(ctx context.Context, w world.World, address string, h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return exit.WithHint(fmt.Errorf("listen on %s: %w", address, err), "choose another address with --addr")
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	w.Report().Line(fmt.Sprintf("serving the built-in organisation on http://%s", l.Addr()))
	if err := server.Serve(l); err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return nil
}
