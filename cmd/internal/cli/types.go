package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/typelist"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newTypes(w world.World) *cobra.Command {
	o := &typelist.Settings{}
	var p printing
	cmd := &cobra.Command{
		Use:   "types",
		Short: "List the resource types that can be imported",
		Long: `List the resource types that can be imported.

With --count, the organisation is read and the objects of each type are counted.
That takes as many requests as the reading part of an import. Types that are not
imported by default are not counted.

` + exit.Text,
		Example: `  $ terraformer-rootly types
  $ terraformer-rootly types --count --synthetic
  $ terraformer-rootly types --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.run(w, func(w world.World) error { return typelist.Print(cmd.Context(), w, o) })
		},
	}
	connectionFlags(cmd, &o.Connection)
	f := cmd.Flags()
	f.BoolVar(&o.Count, "count", false, "read the organisation and count the objects of each type")
	f.BoolVar(&p.json, "json", false, "print as JSON, with each type of workflow task listed separately")
	return cmd
}
