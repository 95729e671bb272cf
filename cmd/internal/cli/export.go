package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exporter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newExport(w world.World) *cobra.Command {
	o := &exporter.ExportSettings{}
	var p printing
	o.Unplanned()
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the organisation as code and a snapshot, for version control",
		Long: `Write the organisation as code and a snapshot, for version control.

Like import, but without import blocks, state and plan: for regular runs whose
results are compared. snapshot.json next to the code contains every object with
its id and values, one per line, without secrets; diff reads it.

` + exit.Text,
		Example: `  $ terraformer-rootly export --synthetic -o ./export
  $ terraformer-rootly export -o ./export --commit
  $ terraformer-rootly diff HEAD~1:./export ./export`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(importChoices(&o.Settings)); err != nil {
				return err
			}
			return p.run(w, func(w world.World) error { return exporter.Export(cmd.Context(), w, o) })
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	codeFlags(cmd, &o.Settings, &p)
	cmd.Flags().BoolVar(&o.Commit, "commit", false, "commit the files that export wrote or removed, with a message that lists what changed")
	return cmd
}
