package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newVersion(w world.World) *cobra.Command {
	var p printing
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			return p.run(w, func(w world.World) error {
				return w.Report().Result(report.Result{Value: world.Built(), Lines: []string{world.Program + " " + world.Version()}})
			})
		},
	}
	cmd.Flags().BoolVar(&p.json, "json", false, "print version, commit, date and Go version as one JSON document")
	return cmd
}
