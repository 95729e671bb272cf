package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/record"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// recordOptions are the flags of record.
type recordOptions struct {
	url, token, tokenFile string

	plan, dir, engine string
	as, status        string
	name, summary     string
	source, key       string
	ties              map[post.Kind]*[]string
	maps              []string
	labels, refs      []string
	startedAt, took   string
	run               pipeline.Run // what flags say of it
	severity          string
	form              record.Form
	most              int
	always, strict    bool
	dryRun            bool
	limit             time.Duration
}

func newRecord(w world.World) *cobra.Command {
	o := &recordOptions{ties: map[post.Kind]*[]string{}}
	cmd := &cobra.Command{
		Use:   "record PLAN",
		Short: "Tell Rootly what a pipeline applied",
		Long: `Tell Rootly what a pipeline applied.

Reads a plan of any provider: what terraform show -json writes, from a file or
from standard input (-), or a plan file, which the engine then reads. Sends a
pulse, Rootly's event for a change, or opens an incident: which objects changed,
what each attribute was and is, commit, pull request, who ran and approved it,
how long it took and how it ended. Values that are sensitive are not sent.

What the CI system knows is taken from its variables: GitHub Actions, GitLab,
CircleCI, Buildkite, Jenkins, Atlantis, Spacelift and HCP Terraform. A job that
is tried again finds what it has sent already: nothing is recorded twice. Records
of one run are told apart by job, directory, plan and name, else by --key.

It writes pulses or incidents, and nothing else. What goes wrong is told, but the
pipeline goes on; --strict fails it. A command line with a flag that does not
exist always fails.

` + exit.Text,
		Example: `  $ terraform show -json plan.out | terraformer-rootly record - --service payments
  $ terraformer-rootly record plan.out --status failed --map 'module.db.* = service:postgres'
  $ terraformer-rootly record plan.json --as incident --severity sev3 --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := runRecord(cmd.Context(), w, o, args)
			if err == nil || o.strict || errors.Is(err, context.Canceled) {
				return err
			}
			report.Problem(w.Err, err, exit.HintOf(err))
			fmt.Fprintln(w.Err, "nothing was recorded, and the pipeline goes on; --strict would have failed it")
			return nil
		},
	}
	o.flags(cmd)
	return cmd
}

func (o *recordOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.url, "url", "", "address of the API `URL` (default $ROOTLY_API_URL)")
	f.StringVar(&o.token, "token", "", "API `TOKEN` (default $ROOTLY_API_TOKEN)")
	f.StringVar(&o.tokenFile, "token-file", "", "`FILE` that holds the token")
	f.StringVar(&o.dir, "dir", ".", "`DIRECTORY` of the code, where a plan file can be read")
	f.StringVar(&o.engine, "engine", "", "terraform, tofu or the `PATH` of one, for plan files (default: the first on PATH)")

	f.StringVar(&o.as, "as", "pulse", "what to send: pulse or incident")
	f.StringVar(&o.status, "status", record.Applied, "how the apply ended: applied or failed")
	f.StringVar(&o.name, "name", "", "what the plan is of (default: workspace, directory or repository)")
	f.StringVar(&o.summary, "summary", "", "`TEXT` in place of the summary that is made")
	f.StringVar(&o.source, "source", "terraform", "source of the pulse")
	f.StringVar(&o.key, "key", "", "`TEXT` that tells apart what one run records")
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
		o.ties[tie.kind] = new([]string)
		f.StringSliceVar(o.ties[tie.kind], tie.flag, nil, tie.usage)
	}
	f.StringArrayVar(&o.maps, "map", nil, "tie for changes of some addresses only, such as '`module.db.* = service:postgres`' (repeatable)")
	f.StringArrayVar(&o.labels, "label", nil, "`KEY=VALUE` (repeatable)")
	f.StringArrayVar(&o.refs, "ref", nil, "reference `KEY=VALUE` (repeatable)")

	f.StringVar(&o.run.Approver, "approved-by", "", "`WHO` approved the change")
	f.StringVar(&o.run.Actor, "actor", "", "`WHO` ran it (default: as the CI system says, and so below)")
	f.StringVar(&o.run.Commit, "commit", "", "commit `SHA`")
	f.StringVar(&o.run.Branch, "branch", "", "branch")
	f.StringVar(&o.run.PullRequestURL, "pull-request", "", "address `URL` of the pull request")
	f.StringVar(&o.run.URL, "run-url", "", "address `URL` of the run")
	f.StringVar(&o.run.ID, "run-id", "", "what is the same each time that the run is tried")
	f.StringVar(&o.run.Workspace, "workspace", "", "workspace")
	f.StringVar(&o.startedAt, "started-at", "", "`TIME` when the apply began, as 2026-01-31T12:00:00Z or in seconds since 1970")
	f.StringVar(&o.took, "duration", "", "how long the apply took, as `90s` or in seconds")

	f.StringVar(&o.severity, "severity", "", "`SLUG` of the incident's severity (default: the lowest)")
	f.StringVar(&o.form.Kind, "incident-kind", "", "kind of the incident, such as normal or backfilled")
	f.StringVar(&o.form.Status, "incident-status", "", "status of the incident, such as started or resolved")
	f.BoolVar(&o.form.Private, "private", false, "open a private incident")

	f.IntVar(&o.most, "limit", 50, "changes that are listed; the others are counted")
	f.BoolVar(&o.always, "always", false, "record a plan without changes too")
	f.BoolVar(&o.strict, "strict", false, "fail when it cannot be recorded")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the request in place of sending it")
	f.DurationVar(&o.limit, "timeout", time.Minute, "longest `TIME` that it may take")
}

// runRecord reads the plan, finds out about the run, and posts.
func runRecord(ctx context.Context, w world.World, o *recordOptions, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, o.limit, fmt.Errorf("not done within %s (--timeout)", o.limit))
	defer cancel()
	err := o.record(limited, w)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(limited), err)
	}
	if hint := record.Hint(err); hint != "" {
		return exit.WithHint(err, hint)
	}
	return err
}

func (o *recordOptions) record(ctx context.Context, w world.World) error {
	plan, err := record.Source{
		Veil: planning.NewVeil(),
		Path: o.plan, In: w.In, Directory: o.dir, Engine: o.engine, Getenv: w.Getenv, Environ: w.Environ(),
	}.Load(ctx)
	if err != nil {
		return err
	}
	a, err := o.account(w)
	if err != nil {
		return err
	}
	a.Plan = plan
	ties, err := o.tiesOf()
	if err != nil {
		return err
	}
	if plan.Empty() && !o.always && o.status != record.Failed {
		return report.Say(w.Out, a.Title()+"; nothing to record (--always records it all the same)")
	}
	return o.send(ctx, w, a, record.Applying(ties, plan))
}

// check takes the plan, and refuses words that mean nothing.
func (o *recordOptions) check(args []string) error {
	const form = "terraformer-rootly record PLAN, with - for standard input"
	switch {
	case len(args) == 0:
		return exit.Usage(errors.New("no plan to record"), form)
	case len(args) > 1:
		return exit.Usage(fmt.Errorf("%d plans to record, which is more than one", len(args)), form)
	case o.limit <= 0:
		return exit.Usage(fmt.Errorf("--timeout %s leaves no time", o.limit), "leave the flag out for one minute")
	}
	o.plan = args[0]
	if err := oneOf("--as", o.as, []string{"pulse", "incident"}); err != nil {
		return err
	}
	return oneOf("--status", o.status, []string{record.Applied, record.Failed})
}

// account gathers what is known beside the plan: flags first, then the CI system.
func (o *recordOptions) account(w world.World) (record.Account, error) {
	run := pipeline.Detect(pipeline.System{Getenv: w.Getenv, ReadFile: os.ReadFile})
	given := o.run
	if given.PullRequestURL != "" {
		run.PullRequest = path.Base(given.PullRequestURL)
	}
	for _, fact := range []struct{ to, given *string }{
		{&run.Approver, &given.Approver}, {&run.Actor, &given.Actor}, {&run.Commit, &given.Commit},
		{&run.Branch, &given.Branch}, {&run.PullRequestURL, &given.PullRequestURL}, {&run.URL, &given.URL},
		{&run.ID, &given.ID}, {&run.Workspace, &given.Workspace},
	} {
		*fact.to = cmp.Or(*fact.given, *fact.to)
	}
	run.Workspace = cmp.Or(run.Workspace, record.Workspace(o.dir))
	run.Directory = cmp.Or(run.Directory, record.Directory(o.dir))

	a := record.Account{
		Run: run, Status: o.status, Name: cmp.Or(o.name, record.Name(run)), Summary: o.summary,
		Source: o.source, Key: o.key, Place: run.Directory + " " + o.plan, Most: o.most,
	}
	var err error
	if a.Labels, err = record.Pairs("--label", o.labels); err != nil {
		return a, err
	}
	if a.Refs, err = record.Pairs("--ref", o.refs); err != nil {
		return a, err
	}
	a.Started, a.Ended, err = span(o.startedAt, o.took, w.Now())
	return a, err
}

// span says from when to when the apply went.
func span(startedAt, took string, now time.Time) (started, ended time.Time, err error) {
	var length time.Duration
	if took != "" {
		if length, err = time.ParseDuration(took); err != nil {
			seconds, notNumber := strconv.ParseFloat(took, 64)
			if notNumber != nil {
				return started, ended, exit.Usage(fmt.Errorf("--duration %q is no time", took), "write it as 90s or 90")
			}
			length = time.Duration(seconds * float64(time.Second))
		}
	}
	if length < 0 {
		return started, ended, exit.Usage(fmt.Errorf("--duration %s is negative", took), "write it as 90s or 90")
	}
	if startedAt == "" {
		return now.Add(-length), now, nil
	}
	if seconds, notNumber := strconv.ParseInt(startedAt, 10, 64); notNumber == nil {
		started = time.Unix(seconds, 0)
	} else if started, err = time.Parse(time.RFC3339, startedAt); err != nil {
		return started, ended, exit.Usage(fmt.Errorf("--started-at %q is no time", startedAt), "write it as 2026-01-31T12:00:00Z, or in seconds since 1970")
	}
	if took != "" {
		return started, started.Add(length), nil
	}
	return started, now, nil
}

// tiesOf lists what the flags tie the change to.
func (o *recordOptions) tiesOf() ([]record.Tie, error) {
	var ties []record.Tie
	for _, kind := range []post.Kind{post.Service, post.Environment, post.Team, post.Functionality, post.Cause, post.IncidentType} {
		for _, slug := range *o.ties[kind] {
			if slug = strings.TrimSpace(slug); slug != "" {
				ties = append(ties, record.Tie{Kind: kind, Slug: slug})
			}
		}
	}
	for _, text := range o.maps {
		if strings.TrimSpace(text) == "" {
			continue // as an unset variable leaves it
		}
		t, err := record.ParseTie(text)
		if err != nil {
			return nil, exit.Usage(fmt.Errorf("--map: %w", err), "write it as --map 'module.db.* = service:postgres'")
		}
		ties = append(ties, t)
	}
	return ties, nil
}
