package verifier

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/livevalues"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// Settings are the flags of verify.
type Settings struct {
	connect.Connection
	planning.Proof

	dir string
}

// Argument takes the directory.
func (o *Settings) Argument(args []string) error {
	const form = "terraformer-rootly verify DIRECTORY"
	switch {
	case len(args) == 0, args[0] == "":
		return exit.Usage(errors.New("no directory given"), form)
	case len(args) > 1:
		return exit.Usage(fmt.Errorf("verify takes one directory, not %d", len(args)), form)
	}
	o.dir = args[0]
	return nil
}

// Run plans a directory and judges the plan.
func Run(ctx context.Context, w world.World, o *Settings) error {
	parts, err := o.parts()
	if err != nil {
		return err
	}
	if err := o.FindValues(o.dir); err != nil {
		return err
	}
	progress := w.Report().Progress(nil)
	defer progress.Close()
	client, live, disconnect, err := o.Open(w, progress.Note)
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
	requests := 0
	for _, object := range objects {
		requests += planning.RequestsToRead(object.Type)
	}
	progress.Stage("cost", 0)
	progress.Done(planning.PlanCost(requests, client.Stats().Limit))

	started := w.Now()
	total := verify.Verdict{}
	for _, p := range parts {
		progress.Stage("verify", len(p.objects))
		proof, verdict, err := o.prove(ctx, w, live, p, planning.Options{
			Progress: func(v engines.Progress) { progress.Step(v.Objects, v.Step) },
			Identify: planning.IdentifyLive(client),
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
		splitter.MergeProof(&s.Proof, proof, filepath.Base(p.dir))
		splitter.AddVerdict(&total, verdict)
		s.Proof.Plan = total.Summary()
	}

	s.Seconds = w.Now().Sub(started).Seconds()
	s.Types = countObjects(objects)
	return finish(w, s)
}

// A provable is a root module with the objects that it has code for.
type provable struct {
	dir     string
	objects []verify.Object
}

// parts are the root modules of the directory.
func (o *Settings) parts() ([]provable, error) {
	dirs, err := splitter.PartsOf(o.dir)
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
func (o *Settings) prove(ctx context.Context, w world.World, live connect.Target, p provable, plan planning.Options) (report.Proof, verify.Verdict, error) {
	var proof report.Proof
	var err error
	if plan.States, err = splitter.StatesAround(p.dir); err != nil {
		return proof, verify.Verdict{}, err
	}
	plan.Veil, plan.Objects = planning.NewVeil(), len(p.objects)
	plan.Fill = livevalues.For(w, o.Connection, p.dir)
	result, proof, err := o.PlanLarge(ctx, w, p.dir, live, plan)
	if err != nil {
		return proof, verify.Verdict{}, err
	}
	proof.Against = "live"
	verdict := verify.Judge(&result.Plan, verify.Expect{Show: plan.Veil.Show, Listed: append(p.byHand(result.Changes), p.objects...), Marks: true, Exports: plan.States != nil})
	planning.Note(&proof, plan.Veil, result, verdict)
	return proof, verdict, nil
}

// byHand are objects that people import themselves, as they are, maybe by another configuration of the provider.
func (p provable) byHand(changes []plans.Change) []verify.Object {
	addresses, targets := map[string]bool{}, map[graph.Target]bool{}
	for _, o := range p.objects {
		addresses[o.Address], targets[graph.Target{Type: o.Type, ID: graph.ID(o.ID)}] = true, true
	}
	var list []verify.Object
	for _, c := range changes {
		if c.Import != "" && c.Action == plans.NoOp && !addresses[c.Address] && !targets[graph.Target{Type: c.Type, ID: graph.ID(c.ID)}] {
			list = append(list, verify.Object{Type: c.Type, ID: c.ID, Address: c.Address})
		}
	}
	return list
}

// written lists the objects that a directory has code for.
func written(path string) ([]verify.Object, error) {
	const hint = "give the directory that import -o wrote"
	if stat, err := os.Stat(path); err == nil && !stat.IsDir() {
		return nil, exit.Usage(fmt.Errorf("%s is a file, not a directory", path), hint)
	}
	dir, err := state.Open(path, state.Options{Version: world.Version(), LookOnly: true, Adopt: true})
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if !dir.Known() {
		return nil, exit.Usage(fmt.Errorf("%s has no code that this program wrote", path), hint)
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

// finish prints the summary and returns the outcome of the proof.
func finish(w world.World, s *report.Summary) error {
	if err := w.Report().Summary(s); err != nil {
		return err
	}
	if s.Proof.State == report.ProofDiffers {
		return exit.Status(exit.Differs)
	}
	return nil
}
