package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/doctor"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newDoctor(w world.World) *cobra.Command {
	o := &doctor.Settings{}
	var p printing
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check whether an import would work, and what to fix",
		Long: `Check whether an import would work, and what to fix.

Checks the token and what it may read, the API and its clock, the engine, the provider,
the directory, git and the free space. Exits with 0 when an import would work.

With --assumptions, tests what this program assumes about the API: paging, limits,
included objects, types, the fields of audit events, shifts. Exits with 2 when something
differs that the program relies on. The report has types, names of fields and counts, but
no names, ids or values of your organisation: it can be attached to a bug report.

Only GET requests are sent.

` + exit.Text,
		Example: `  $ terraformer-rootly doctor
  $ terraformer-rootly doctor --assumptions --json >assumptions.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.run(w, func(w world.World) error { return doctor.Run(cmd.Context(), w, o) })
		},
	}
	connectionFlags(cmd, &o.Connection)
	f := cmd.Flags()
	f.StringVarP(&o.Dir, "output-dir", "o", "rootly", "`DIRECTORY` that an import would write to")
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one (default: the first on PATH)")
	f.BoolVar(&o.Assumptions, "assumptions", false, "test what is assumed about the API")
	f.BoolVar(&p.json, "json", false, "print one JSON document")
	return cmd
}
