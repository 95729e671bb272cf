package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// verifyOptions are the flags of verify.
type verifyOptions struct {
	connection
	proof

	dir   string
	quiet bool
	json  bool
}

func newVerify(w World) *cobra.Command {
	o := &verifyOptions{}
	cmd := &cobra.Command{
		Use:   "verify DIRECTORY",
		Short: "Prove a directory again with a plan",
		Long: `Prove a directory again with a plan.

Plans a directory that import wrote, or each part of one that it split, against
the live API, and checks that every object in it is imported, or managed already,
without any change. The plan reads
each object by itself, so it costs about one request for each. Nothing is
written, neither to the directory nor to Rootly.

` + exitText,
		Example: `  $ terraformer-rootly verify ./rootly
  $ terraformer-rootly verify ./demo --synthetic --provider stand-in`,
		Args: func(_ *cobra.Command, args []string) error { return o.argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(toolChoices(&o.proof)); err != nil {
				return err
			}
			return runVerify(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.connection)
	toolFlags(cmd, &o.proof)
	f := cmd.Flags()
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress and no summary")
	f.BoolVar(&o.json, "json", false, "print the summary as JSON")
	completions(cmd, toolChoices(&o.proof))
	return cmd
}

// argument takes the directory.
func (o *verifyOptions) argument(args []string) error {
	const form = "terraformer-rootly verify DIRECTORY"
	switch {
	case len(args) == 0, args[0] == "":
		return usage(errors.New("no directory to verify"), form)
	case len(args) > 1:
		return usage(fmt.Errorf("%d directories to verify, which is more than one", len(args)), form)
	}
	o.dir = args[0]
	return nil
}

// runVerify plans a directory and judges the plan.
func runVerify(ctx context.Context, w World, o *verifyOptions) error {
	parts, err := o.parts()
	if err != nil {
		return err
	}
	client, live, disconnect, err := o.open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	var objects []verify.Object
	for _, p := range parts {
		objects = append(objects, p.objects...)
	}
	if err := answers(ctx, client, objects); err != nil {
		return err
	}

	s := &report.Summary{Command: "verify", Directory: o.dir}
	s.Proof.Against = "live"
	progress := report.NewProgress(w.Err, report.ProgressOptions{Quiet: o.quiet, Getenv: w.Getenv, Now: w.Now})
	defer progress.Close()
	requests := 0
	for _, object := range objects {
		requests += requestsToRead(object.Type)
	}
	progress.Stage("cost", 0)
	progress.Done(planCost(requests, client.Stats().Limit))

	started := w.Now()
	total := verify.Verdict{}
	for _, p := range parts {
		progress.Stage("verify", len(p.objects))
		proof, verdict, err := o.prove(ctx, w, live, p, planOptions{
			progress: func(v verify.Progress) { progress.Step(v.Objects, v.Step) },
			identify: identifyLive(client),
		})
		if err != nil {
			return err
		}
		if len(parts) == 1 {
			s.Proof = proof
			progress.Done(proof.Plan)
			continue
		}
		progress.Done(filepath.Base(p.dir) + ": " + proof.Plan)
		mergeProof(&s.Proof, proof, filepath.Base(p.dir))
		addVerdict(&total, verdict)
		s.Proof.Plan = total.Summary()
	}

	s.Seconds = w.Now().Sub(started).Seconds()
	s.Types = countObjects(objects)
	return tellVerified(w, o, s)
}

// A provable is a root module with the objects that it has code for.
type provable struct {
	dir     string
	objects []verify.Object
}

// parts are the root modules of the directory.
func (o *verifyOptions) parts() ([]provable, error) {
	dirs, err := partsOf(o.dir)
	if err != nil {
		return nil, err
	}
	var parts []provable
	for _, dir := range dirs {
		objects, err := written(dir)
		if err != nil {
			return nil, err
		}
		parts = append(parts, provable{dir, objects})
	}
	return parts, nil
}

// prove plans one root module and judges the plan. A part is planned as if those that it refers to
// were applied.
func (o *verifyOptions) prove(ctx context.Context, w World, live target, p provable, plan planOptions) (report.Proof, verify.Verdict, error) {
	proof := report.Proof{Against: "live"}
	var err error
	if plan.states, err = statesAround(p.dir); err != nil {
		return proof, verify.Verdict{}, err
	}
	plan.veil = newVeil()
	result, err := o.plan(ctx, w, p.dir, live, plan)
	if err != nil {
		return proof, verify.Verdict{}, err
	}
	verdict := verify.Judge(result, verify.Expect{Show: plan.veil.Show, Listed: p.objects, Marks: true, Exports: plan.states != nil})
	note(&proof, plan.veil, result, verdict)
	return proof, verdict, nil
}

// written lists the objects that a directory has code for.
func written(path string) ([]verify.Object, error) {
	const hint = "give the directory that import -o wrote"
	if stat, err := os.Stat(path); err == nil && !stat.IsDir() {
		return nil, usage(fmt.Errorf("%s is a file, not a directory", path), hint)
	}
	dir, err := state.Open(path, state.Options{Version: version(), LookOnly: true, Adopt: true})
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if !dir.Known() {
		return nil, usage(fmt.Errorf("%s: nothing there that this program wrote", path), hint)
	}
	var objects []verify.Object
	for key, address := range dir.Addresses() {
		objects = append(objects, verify.Object{Type: key.Type, ID: string(key.ID), Address: address.String()})
	}
	sort.Slice(objects, func(i, j int) bool { return objects[i].Address < objects[j].Address })
	return objects, nil
}

// answers makes sure, with one request, that the API can be asked: a plan would repeat the same
// complaint for every object.
func answers(ctx context.Context, client *api.Client, objects []verify.Object) error {
	for _, o := range objects {
		row := catalogue.Lookup(o.Type)
		if row == nil || !row.TopLevel() {
			continue
		}
		_, _, err := client.Get(ctx, row.GetPath(graph.ID(o.ID), ""), nil)
		if err != nil && !rootly.Absent(err) {
			return err
		}
		return nil
	}
	return nil
}

func countObjects(objects []verify.Object) []report.TypeCount {
	var counts []report.TypeCount
	at := map[string]int{}
	for _, o := range objects {
		i, known := at[o.Type]
		if !known {
			i = len(counts)
			at[o.Type] = i
			counts = append(counts, report.TypeCount{Type: o.Type})
		}
		counts[i].Listed++
		counts[i].Imported++
	}
	return counts
}

// tellVerified prints the report and says how the proof ended.
func tellVerified(w World, o *verifyOptions, s *report.Summary) error {
	switch {
	case o.json:
		if err := report.WriteJSON(w.Out, s); err != nil {
			return err
		}
	case !o.quiet:
		report.WriteText(w.Err, s)
	}
	if s.Proof.State == report.ProofDiffers {
		return outcome(exitDiffers)
	}
	return nil
}
