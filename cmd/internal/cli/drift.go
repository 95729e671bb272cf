package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
)

// driftOptions are the flags of drift.
type driftOptions struct {
	connection
	selection
	proof
	driftIncident

	dir       string
	since     string
	varFiles  []string
	ownKeys   []string
	ownUsers  []string
	unmanaged bool
	writeCode bool
	quiet     bool
	json      bool
	markdown  bool
}

func newDrift(w World) *cobra.Command {
	o := &driftOptions{}
	cmd := &cobra.Command{
		Use:   "drift DIRECTORY",
		Short: "Tell what was changed outside of code, and by whom",
		Long: `Tell what was changed outside of code, and by whom.

Plans a root module that manages the organisation, against its own state, and
lists what differs between code and live, what is gone, and what live objects no
code knows. The audit log tells who did it: an author is exact when an event of
that object names the field, parent when an event of its owner names the object,
and unknown otherwise. Rootly records changes of some kinds of objects only.

Each difference can be healed either way: apply restores what the code says, and
--write-code makes the code say what is live. That changes only the values concerned;
what an expression computes is told and left alone.

` + exitText,
		Example: `  $ terraformer-rootly drift ./rootly
  $ terraformer-rootly drift ./rootly --since 7d --markdown
  $ terraformer-rootly drift ./rootly --incident --severity low`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("drift takes one directory, not %d", len(args)), "such as: drift ./rootly")
			}
			o.dir = args[0]
			if err := check(toolChoices(&o.proof)); err != nil {
				return err
			}
			return runDrift(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.connection)
	selectionFlags(cmd, &o.selection)
	toolFlags(cmd, &o.proof)
	driftIncidentFlags(cmd, &o.driftIncident)
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "look for authors since this `TIME`: RFC 3339, a date, or a duration such as 7d (default: the last change by --own-api-key or --own-user, else the proof or snapshot in the directory, else 30d)")
	f.StringSliceVar(&o.ownKeys, "own-api-key", nil, "`IDS` of API keys that are Terraform's own, whose changes are no drift's author")
	f.StringSliceVar(&o.ownUsers, "own-user", nil, "`IDS` or emails of users that are Terraform's own")
	f.StringArrayVar(&o.varFiles, "var-file", nil, "`FILE` of values for variables (repeatable); TF_VAR_, TF_CLI_ARGS and TF_WORKSPACE count too")
	f.BoolVar(&o.unmanaged, "unmanaged", true, "list live objects that no code knows, but for those that the file "+ignoreName+" names")
	f.BoolVar(&o.writeCode, "write-code", false, "put the live values into the code, where a value stands there and no expression")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress")
	f.BoolVar(&o.json, "json", false, "print the drift as JSON")
	f.BoolVar(&o.markdown, "markdown", false, "print the drift as Markdown")
	completions(cmd, toolChoices(&o.proof))
	return cmd
}

// runDrift finds the drift, its authors, and tells both.
func runDrift(ctx context.Context, w World, o *driftOptions) error {
	if o.json && o.markdown {
		return usage(errors.New("--json and --markdown are two forms"), "choose one")
	}
	if err := o.driftIncident.check(); err != nil {
		return err
	}
	if err := oneRoot(o.dir); err != nil {
		return err
	}
	d := &drifting{w: w, o: o, started: w.Now(), owned: map[string]bool{}}
	d.plans.veil = newVeil()
	var err error
	if d.plans.backend, err = rootAt(w, o.dir).backend(); err != nil {
		return err
	}
	if d.plans.varFiles, err = o.valueFiles(); err != nil {
		return err
	}
	d.progress = report.NewProgress(w.Err, report.ProgressOptions{Quiet: o.quiet, Getenv: w.Getenv, Now: w.Now})
	defer d.progress.Close()
	var disconnect func()
	if d.client, d.live, disconnect, err = o.connection.open(w, nil); err != nil {
		return err
	}
	defer disconnect()

	if err := d.plan(ctx); err != nil { // code and state against live
		return err
	}
	if err := d.strangers(ctx); err != nil { // live objects without code
		return err
	}
	if err := d.authors(ctx); err != nil { // who did it
		return err
	}
	d.progress.Close()
	if err := d.rewrite(); err != nil { // what could go into the code
		return err
	}
	changes := d.told()
	if err := d.writeCode(&changes); err != nil { // live values into the code, if asked for
		return err
	}
	if err := d.print(changes); err != nil {
		return err
	}
	if err := d.raise(ctx, changes); err != nil { // one incident, if asked for
		return err
	}
	if len(d.items) > 0 {
		return outcome(exitDiffers)
	}
	if d.partial {
		return outcome(exitPartial)
	}
	return nil
}

// A drifting is one run of drift.
type drifting struct {
	w        World
	o        *driftOptions
	client   *api.Client
	live     target
	progress *report.Progress
	started  time.Time
	plans    planOptions

	items   []*driftItem
	managed map[string]bool   // ids by type, of what is in code or state
	names   map[string]string // addresses of those, by id
	owned   map[string]bool   // ids of events that Terraform's own keys and users made
	silent  bool              // the audit log cannot be read
	partial bool              // some types could not be listed
	notes   []string          // to be said beside the report
	code    *rewrite.Result   // as it would be with the live values
	tracing *tracing          // how the events came
}

// A driftItem is one object that drifted.
type driftItem struct {
	kind       drift.Kind
	outside    bool          // the state does not know it
	wanted     verify.Action // what apply would do, where that is all
	typ, id    string
	address    string
	title      string
	owner      string // id
	attributes []report.AttributeChange
	fields     []string
	answer     drift.Answer
	edits      []rewrite.Edit // that make the code say what is live
}

// print tells the drift in the form that was asked for.
func (d *drifting) print(c report.Changes) error {
	for _, text := range d.notes {
		report.Note(d.w.Err, text)
	}
	switch {
	case d.o.json:
		return report.WriteChangesJSON(d.w.Out, c)
	case d.o.markdown:
		return report.WriteChangesMarkdown(d.w.Out, c)
	}
	return report.WriteChanges(d.w.Out, c)
}

// plan reads what the engine finds.
func (d *drifting) plan(ctx context.Context) error {
	d.progress.Stage("plan", 0)
	d.plans.arguments = true
	d.plans.identify = identifyLive(d.client)
	d.plans.progress = func(v verify.Progress) { d.progress.Step(v.Objects, v.Step) }
	at := rootAt(d.w, d.o.dir)
	d.keepHere(at)
	result, err := d.o.plan(ctx, d.w, d.o.dir, d.live, d.plans)
	if err != nil {
		return at.runsRemotely(err)
	}
	if result.Errored {
		return advised(fmt.Errorf("the plan of %s failed: %s", d.o.dir, firstError(result)), "run terraform plan there to see all of it")
	}
	s, err := schema.Snapshot()
	if err != nil {
		return err
	}
	d.read(result, unordered(s))
	if err := d.ofOthers(); err != nil {
		return err
	}
	d.progress.Done(report.Plural(len(d.items), "difference"))
	return nil
}

func firstError(r *verify.Result) string {
	for _, d := range r.Diagnostics {
		if d.IsError() {
			return d.String()
		}
	}
	return "the engine gave no reason"
}
