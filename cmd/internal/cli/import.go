package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// importOptions are the flags of import.
type importOptions struct {
	connection
	selection
	proof
	importAs
	again
	splitting

	fold          bool
	acceptDeleted bool

	dir        string
	layout     string
	output     string
	detail     string
	references string
	users      string
	system     string
	secrets    string
	force      bool
	dryRun     bool
	quiet      bool
	json       bool
}

func newImport(w World) *cobra.Command {
	o := &importOptions{}
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Write the organisation as code, and prove it with a plan",
		Long: `Write the organisation as code, and prove it with a plan.

Reads every object, writes resources with references and import blocks, runs
terraform or tofu on them, and moves the files in when the plan imports every
object and changes none. What the plan does to resources that people edited is
told, and does not count as a difference.

With --fold, five or more objects of one type and owner that differ in at most four
short attributes become one block with for_each over a map in locals. That is proven
like everything else; a block whose plan is not clean is written object by object.
What is folded stays so, with the flag and without. Objects that have blocks of their
own by then keep them, unless --rename-addresses is given too. It takes Terraform or
OpenTofu 1.7.

With --split-by team, every team that alone owns something gets a root module of
its own below the directory, and all share one for the rest. They read each
other's states, or with --across data look up what a data source finds. Each is
proven by itself; CODEOWNERS says whose it is.

` + exitText,
		Example: `  $ terraformer-rootly import --synthetic -o ./demo --no-verify
  $ terraformer-rootly import -o ./rootly
  $ terraformer-rootly import -o ./rootly --resources service,team
  $ terraformer-rootly import -o ./rootly --filter 'service.name=api-*'
  $ terraformer-rootly import -o ./rootly --split-by team --owner-format '@acme/{team}'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(check(importChoices(o)), placeInto(cmd, o)); err != nil {
				return err
			}
			return runImport(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.connection)
	selectionFlags(cmd, &o.selection)
	proofFlags(cmd, &o.proof)
	importAsFlags(cmd, &o.importAs)
	againFlags(cmd, &o.again)
	splittingFlags(cmd, &o.splitting)
	codeFlags(cmd, o)
	cmd.Flags().StringVar(&o.secrets, "secrets", "plain", "secrets as variables: plain, masked (sensitive) or blank (no values)")
	cmd.Flags().BoolVar(&o.fold, "fold", false, "write five or more objects that differ in little as one block with for_each")
	completions(cmd, importChoices(o))
	return cmd
}

// runImport turns the live organisation into proven code.
func runImport(ctx context.Context, w World, o *importOptions) error {
	if o.splitting.on() {
		return runSplit(ctx, w, o)
	}
	run, err := newRun(ctx, w, o)
	if err != nil {
		return err
	}
	defer run.close()

	if err := run.fetch(ctx); err != nil { // API to live objects
		return err
	}
	if err := run.link(ctx); err != nil { // live objects to a graph with references
		return err
	}
	if err := run.render(); err != nil { // graph to files in memory
		return err
	}
	if err := run.stage(); err != nil { // files to a private copy of the directory
		return err
	}
	if err := run.verify(ctx); err != nil { // the plan of that copy
		return err
	}
	run.sum()
	if err := run.commit(ctx); err != nil { // proven files to the directory
		return err
	}
	return run.tell()
}

// renderOptions translates the flags that say what files look like.
func (o *importOptions) renderOptions() generator.Options {
	r := generator.Options{Blank: o.secrets == "blank", Import: o.importAs.blocks()}
	r.Release = o.proof.off && o.importAs.importAs == asBlocks // nothing after the files needs the values
	switch o.layout {
	case "by-object":
		r.Layout = generator.ByObject
	case "single":
		r.Layout = generator.Single
	}
	if o.output == "json" {
		r.Syntax = generator.JSON
	}
	return r
}

// newRun prepares what the stages share.
func newRun(ctx context.Context, w World, o *importOptions) (*run, error) {
	if o.dir == "" {
		return nil, usage(errors.New("-o names no directory"), "give the directory to write to")
	}
	if o.proof.subset < 0 {
		return nil, usage(fmt.Errorf("--verify-sample %d is negative", o.proof.subset), "0 plans all resources")
	}
	if err := o.splitting.check(o); err != nil {
		return nil, err
	}
	if err := o.splitting.agrees(o.dir); err != nil {
		return nil, err
	}
	types, explicit, err := o.types()
	if err != nil {
		return nil, err
	}
	filters, err := o.parse()
	if err != nil {
		return nil, err
	}
	if err := checkSelected(filters, types); err != nil {
		return nil, err
	}
	s, err := schema.Snapshot()
	if err != nil {
		return nil, err
	}
	r := &run{
		veil: newVeil(),
		w:    w, o: o, types: types, explicit: explicit, filters: filters, schema: s, renderOptions: o.renderOptions(),
		started: w.Now(),
		report:  &report.Summary{Directory: o.dir, DryRun: o.dryRun, StageSeconds: map[string]float64{}},
	}
	r.progress = report.NewProgress(w.Err, report.ProgressOptions{Quiet: o.quiet, Getenv: w.Getenv, Now: w.Now, Requests: r.requests})
	if r.client, r.liveTarget, r.disconnect, err = o.open(w, nil); err != nil {
		return nil, err
	}
	if err := r.haveEngine(ctx); err != nil {
		r.close()
		return nil, err
	}
	if err := r.openDirectory(); err != nil {
		r.close()
		return nil, err
	}
	if err := r.haveFolds(ctx); err != nil {
		r.close()
		return nil, err
	}
	if err := r.openState(ctx); err != nil {
		r.close()
		return nil, err
	}
	if err := r.lookAround(ctx); err != nil {
		r.close()
		return nil, err
	}
	if err := r.installedSchema(ctx, r.o.dir); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}
