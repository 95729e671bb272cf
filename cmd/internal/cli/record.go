package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/record"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

func newRecord(w world.World) *cobra.Command {
	o := &record.Settings{Ties: map[post.Kind]*[]string{}}
	cmd := &cobra.Command{
		Use:   "record PLAN",
		Short: "Record in Rootly what a pipeline applied",
		Long: `Record in Rootly what a pipeline applied.

Reads a plan of any provider: the output of terraform show -json, from a file or
from standard input (-), or a plan file, which the engine reads. Sends a pulse,
Rootly's event for a change, or records an incident, with the changed objects, the
old and new value of each attribute, the commit, the pull request, who ran and
approved it, how long it took and how it ended. Sensitive values are not sent.

The incident is a record for audits: resolved, backfilled and of the lowest severity,
so that nobody is paged. Flags make it another one.

Details of the run come from the variables of the CI system: GitHub Actions, GitLab,
CircleCI, Buildkite, Jenkins, Atlantis, Spacelift and HCP Terraform. A job that is
retried finds what it sent before, so nothing is recorded twice. Records of one run
are distinguished by job, directory, plan and name, or by --key.

The command writes pulses and incidents, and nothing else. Errors are reported, but
do not fail the pipeline unless --strict is given. An unknown flag always fails.

` + exit.Text,
		Example: `  $ terraform show -json plan.out | terraformer-rootly record - --service payments
  $ terraformer-rootly record plan.out --status failed --map 'module.db.* = service:postgres'
  $ terraformer-rootly record plan.json --as incident --severity sev3 --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := takePlan(o, args)
			if err == nil {
				err = record.Run(cmd.Context(), w, o)
			}
			return o.Forgive(w, err)
		},
	}
	recordFlags(cmd, o)
	return cmd
}

// recordFlags binds the flags of record.
func recordFlags(cmd *cobra.Command, o *record.Settings) {
	f := cmd.Flags()
	f.StringVar(&o.URL, "url", "", "base `URL` of the API (default $ROOTLY_API_URL)")
	f.StringVar(&o.Token, "token", "", "`TOKEN` for the API (default $ROOTLY_API_TOKEN)")
	f.StringVar(&o.TokenFile, "token-file", "", "`FILE` with the token")
	f.StringVar(&o.Dir, "dir", ".", "`DIRECTORY` of the code, which is needed to read a plan file")
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one, for plan files (default: the first on PATH)")

	f.StringVar(&o.As, "as", "pulse", "what to send: pulse or incident")
	f.StringVar(&o.Status, "status", record.Applied, "how the apply ended: applied, failed, cancelled or skipped")
	f.StringVar(&o.Name, "name", "", "name of what was planned (default: workspace, directory or repository)")
	f.StringVar(&o.Summary, "summary", "", "`TEXT` to use instead of the generated summary")
	f.StringVar(&o.Source, "source", "terraform", "source of the pulse")
	f.StringVar(&o.Key, "key", "", "`TEXT` that distinguishes several records of one run")
	for _, tie := range []struct {
		kind  post.Kind
		flag  string
		usage string
	}{
		{post.Service, "service", "`SLUG` of a service that the change is about (repeatable)"},
		{post.Environment, "environment", "`SLUG` of an environment (repeatable)"},
		{post.Team, "team", "`SLUG` of a team, for incidents (repeatable)"},
		{post.Functionality, "functionality", "`SLUG` of a functionality, for incidents (repeatable)"},
		{post.Cause, "cause", "`SLUG` of a cause, for incidents (repeatable)"},
		{post.IncidentType, "incident-type", "`SLUG` of an incident type (repeatable)"},
	} {
		o.Ties[tie.kind] = new([]string)
		f.StringSliceVar(o.Ties[tie.kind], tie.flag, nil, tie.usage)
	}
	f.StringArrayVar(&o.Maps, "map", nil, "attach an object to changes of some addresses only, such as '`module.db.* = service:postgres`' (repeatable)")
	f.StringArrayVar(&o.Labels, "label", nil, "`KEY=VALUE` (repeatable)")
	f.StringArrayVar(&o.Refs, "ref", nil, "reference `KEY=VALUE` (repeatable)")

	f.StringVar(&o.Run.Approver, "approved-by", "", "`WHO` approved the change")
	f.StringVar(&o.Run.Actor, "actor", "", "`WHO` ran it (default, here and below: from the CI system)")
	f.StringVar(&o.Run.Commit, "commit", "", "commit `SHA`")
	f.StringVar(&o.Run.Branch, "branch", "", "branch")
	f.StringVar(&o.Run.PullRequestURL, "pull-request", "", "`URL` of the pull request")
	f.StringVar(&o.Run.URL, "run-url", "", "`URL` of the run")
	f.StringVar(&o.Run.ID, "run-id", "", "id of the run, the same for every attempt")
	f.StringVar(&o.Run.Workspace, "workspace", "", "workspace")
	f.StringVar(&o.StartedAt, "started-at", "", "`TIME` when the apply began, as 2026-01-31T12:00:00Z or in seconds since 1970")
	f.StringVar(&o.Took, "duration", "", "how long the apply took, as `90s` or in seconds")

	f.StringVar(&o.Severity, "severity", "", "`SLUG` of the incident's severity (default: the lowest)")
	f.StringVar(&o.Form.Kind, "incident-kind", "backfilled", "`KIND` of the incident, such as normal, which workflows act on")
	f.StringVar(&o.Form.Status, "incident-status", "resolved", "`STATUS` of the incident, such as started")
	f.BoolVar(&o.Form.Private, "private", false, "make the incident private")

	f.IntVar(&o.Most, "limit", 50, "maximum number of changes to list; the others are counted")
	f.BoolVar(&o.Always, "always", false, "also record a plan without changes")
	f.StringVar(&o.Output, "output-file", "", "`FILE` to which the lines id=… and url=… of the event are appended, such as $GITHUB_OUTPUT")
	f.BoolVar(&o.Strict, "strict", false, "fail when recording fails")
	f.BoolVar(&o.DryRun, "dry-run", false, "print the request instead of sending it")
	f.DurationVar(&o.Limit, "timeout", time.Minute, "maximum `TIME` for the command")
}

// takePlan reads the arguments, and refuses unknown words.
func takePlan(o *record.Settings, args []string) error {
	const form = "terraformer-rootly record PLAN, with - for standard input"
	switch {
	case len(args) == 0:
		return exit.Usage(errors.New("no plan to record"), form)
	case len(args) > 1:
		return exit.Usage(fmt.Errorf("record takes one plan, not %d", len(args)), form)
	case o.Limit <= 0:
		return exit.Usage(fmt.Errorf("--timeout %s is too short", o.Limit), "leave the flag out for one minute")
	}
	o.Plan = args[0]
	if err := oneOf("--as", o.As, []string{"pulse", "incident"}); err != nil {
		return err
	}
	return oneOf("--status", o.Status, record.Outcomes())
}
