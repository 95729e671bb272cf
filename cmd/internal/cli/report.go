package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/overview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newReport(w world.World) *cobra.Command {
	o := &overview.Settings{}
	cmd := &cobra.Command{
		Use:   "report [DIRECTORY]",
		Short: "Write the organisation as one HTML page",
		Long: `Write the organisation as one HTML page: what lint finds, who is on call in the
weeks ahead, who answers when an alert fires, how objects depend on each other, and
who changed what. With a directory, the page also shows what is managed and proven,
and the code of each object.

The file needs no network: it can be kept as an artifact of a pipeline, mailed and
printed. Reads the live organisation, by GET requests only. Credentials are left out;
names and settings are not, so share the page as you would share the organisation.

` + exit.Text,
		Example: `  $ terraformer-rootly report -o report.html
  $ terraformer-rootly report -o report.html ./rootly --since 7d
  $ terraformer-rootly report --synthetic -o demo.html`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := optionalDirectory(&o.Dir, args); err != nil {
				return err
			}
			return overview.Run(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	f := cmd.Flags()
	f.StringVarP(&o.Output, "output", "o", "report.html", "`FILE` to write")
	f.IntVar(&o.Weeks, "weeks", 4, "`NUMBER` of weeks ahead for which on-call shifts are shown")
	f.StringVar(&o.Since, "since", "30d", "show changes since this `TIME`: RFC 3339, a date, or a duration such as 7d")
	f.StringVar(&o.AuditCopy, "audit-copy", "", "take changes from this SQLite `FILE` that audit sync wrote, instead of asking the API")
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one, which reads the state")
	return cmd
}
