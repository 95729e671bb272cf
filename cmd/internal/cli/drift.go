package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/drifting"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

func newDrift(w world.World) *cobra.Command {
	o := &drifting.Settings{}
	cmd := &cobra.Command{
		Use:   "drift DIRECTORY",
		Short: "Report what was changed outside of code, and by whom",
		Long: `Report what was changed outside of code, and by whom.

Plans a root module that manages the organisation, with its own state, and reports
what differs between the code and Rootly, what was deleted in Rootly, and which
objects are unmanaged. The audit log names the authors: an author is exact when an
event of that object names the field, parent when an event of its owner names the
object, and unknown otherwise. Rootly records changes to some kinds of objects only.

Each difference can be fixed in two ways: apply restores the value in the code, and
--write-code writes the live value into the code. Only the values that differ are
changed; a value that an expression computes is reported and not changed.

` + exit.Text,
		Example: `  $ terraformer-rootly drift ./rootly
  $ terraformer-rootly drift ./rootly --since 7d --markdown
  $ terraformer-rootly drift ./rootly --incident --severity low`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exit.Usage(fmt.Errorf("drift takes one directory, not %d", len(args)), "such as: drift ./rootly")
			}
			o.Dir = args[0]
			if err := check(toolChoices(&o.Proof)); err != nil {
				return err
			}
			return drifting.Run(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	toolFlags(cmd, &o.Proof)
	driftIncidentFlags(cmd, &o.DriftIncident)
	f := cmd.Flags()
	f.StringVar(&o.Since, "since", "", "look for authors since this `TIME`: RFC 3339, a date, or a duration such as 7d (default: the last change by --own-api-key or --own-user, else the proof or snapshot in the directory, else 30d)")
	f.StringSliceVar(&o.OwnKeys, "own-api-key", nil, "`IDS` of API keys that are Terraform's own, which are never reported as the author of drift")
	f.StringSliceVar(&o.OwnUsers, "own-user", nil, "`IDS` or emails of Terraform's own users, which are never reported as the author of drift")
	f.BoolVar(&o.Unmanaged, "unmanaged", true, "list unmanaged objects, except those that the file "+ignore.Name+" names")
	f.BoolVar(&o.WriteCode, "write-code", false, "write the live values into the code, where the code has a plain value")
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "print no progress")
	f.BoolVar(&o.Json, "json", false, "print the drift as JSON")
	f.BoolVar(&o.Markdown, "markdown", false, "print the drift as Markdown")
	completions(cmd, toolChoices(&o.Proof))
	return cmd
}
