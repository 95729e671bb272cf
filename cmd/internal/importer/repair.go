package importer

import (
	"context"
	"errors"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/repair"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

const (
	// maxRounds limits the repairs of a run. What three rounds do not fix is reported as a fault of the mapping.
	maxRounds = 3

	// wholePlan is the number of resources up to which every plan is of the whole directory. Beyond
	// it, plans between repairs look at the repaired resources only.
	wholePlan = 500
)

// planAndRepair plans the staged directory, repairs what the plan would change, and plans again, until the plan is clean
// or nothing more can be done. The last plan always covers the whole directory.
func (r *proof) planAndRepair(ctx context.Context, t connect.Target) (*engines.Result, error) {
	repairer := repair.New(r.Schema)
	for round := 0; ; round++ {
		result, verdict, err := r.judge(ctx, t, nil)
		if len(r.served.Unanswered()) > 0 && err == nil {
			r.Verdict = verdict
			return result, nil // the code is not to blame
		}
		if again, unfoldErr := r.unfoldUnclean(ctx, verdict, err); again || unfoldErr != nil {
			if unfoldErr != nil {
				return nil, unfoldErr
			}
			round-- // nothing was repaired
			continue
		}
		if err != nil {
			return nil, err
		}
		r.Verdict = verdict
		if verdict.Clean || round == maxRounds || r.o.Proof.NoRepair {
			return result, nil
		}
		again, err := r.repair(ctx, repairer, t, result, verdict)
		if err != nil || !again {
			return result, err
		}
	}
}

// judge plans and compares the plan with what is expected. part limits the plan to these addresses; empty means
// everything that can be planned. Objects at which the provider crashes are left out.
func (r *proof) judge(ctx context.Context, t connect.Target, part []string) (*engines.Result, verify.Verdict, error) {
	for {
		targets := part
		if len(targets) == 0 {
			targets = r.readable()
		}
		result, verdict, err := r.judgeOnce(ctx, t, targets)
		var crash *engines.CrashError
		if !errors.As(err, &crash) {
			return result, verdict, err
		}
		gone, err := r.takeOutCrashing(ctx, crash)
		if err != nil {
			return nil, verify.Verdict{}, err
		}
		part = slices.DeleteFunc(part, func(address string) bool { return address == gone })
	}
}

func (r *proof) judgeOnce(ctx context.Context, t connect.Target, targets []string) (*engines.Result, verify.Verdict, error) {
	stateFile, err := r.stateToProve()
	if err != nil {
		return nil, verify.Verdict{}, err
	}
	planner, err := r.stagedPlanner(ctx, t)
	if err != nil {
		return nil, verify.Verdict{}, err
	}
	result, err := r.planStaged(ctx, planner, stateFile, targets)
	if err != nil {
		return nil, verify.Verdict{}, err
	}
	r.widenSubset(result.Changes)
	verdict := verify.Judge(&result.Plan, r.expect())
	if !verdict.Clean {
		again, err := r.planBefore(ctx, t, stateFile)
		if err != nil {
			return nil, verify.Verdict{}, err
		}
		if again {
			verdict = verify.Judge(&result.Plan, r.expect())
		}
	}
	if (len(r.unread)+len(r.around.providers.others)+len(r.Changes.Loose.Broken) > 0 || r.subset != nil) && verdict.Incomplete != "" {
		// The plan leaves out what could not be read, on purpose: the rest can still be clean.
		verdict.Clean = len(verdict.Differences)+len(verdict.Errors)+len(verdict.Missing)+len(verdict.Unexpected) == 0
		verdict.Incomplete = ""
	}
	if !verdict.Clean || r.Report.Proof.Plans == 0 {
		return result, verdict, nil
	}
	return r.judgeCode(ctx, t, planner, result, verdict)
}

// judgeCode adds to the verdict about shards what only the whole of the code shows.
func (r *proof) judgeCode(ctx context.Context, t connect.Target, planner *planning.Planner, result *engines.Result, verdict verify.Verdict) (*engines.Result, verify.Verdict, error) {
	wrong, err := planner.Validate(ctx, result)
	if r.planWhole(err) {
		return r.judgeOnce(ctx, t, nil)
	}
	if err == nil && wrong {
		verdict = verify.Judge(&result.Plan, r.expect())
	}
	return result, verdict, err
}

// stateToProve is the file with the state that plans are made against; empty for the directory's own.
func (r *planned) stateToProve() (string, error) {
	if r.state != nil {
		return r.state.Private(entries.Resources(r.Graph, r.Schema), r.ids, r.around.Alias())
	}
	return r.around.PulledFile()
}

// repair changes the code where a plan would change objects. Large directories are planned in part until the part is
// clean. It reports whether anything was changed, so that the whole has to be planned again.
func (r *proof) repair(ctx context.Context, m *repair.Repairer, t connect.Target, result *engines.Result, verdict verify.Verdict) (bool, error) {
	changed := false
	for range maxRounds {
		next, done := m.Repair(r.unlinked, result.Changes, verdict)
		if len(done) == 0 {
			return changed, nil
		}
		r.unlinked, changed = next, true
		r.spellJSON(done)
		targets := r.record(done)
		if err := r.writeAgain(ctx); err != nil {
			return changed, err
		}
		if len(r.Graph.Resources) <= wholePlan || len(targets) == 0 {
			return changed, nil
		}
		var err error
		if result, verdict, err = r.judge(ctx, t, targets); err != nil {
			return changed, err
		}
		if len(verdict.Differences) == 0 && len(verdict.Errors) == 0 {
			return changed, nil
		}
	}
	return changed, nil
}

// writeAgain brings the staged directory in line with the graph.
func (r *staged) writeAgain(ctx context.Context) error {
	refold := func() error { return r.refold(ctx) }
	for _, again := range []func() error{r.Relink, refold, r.Render, r.Stage} {
		if err := again(); err != nil {
			return err
		}
	}
	return nil
}

// spellJSON makes expressions anew of the JSON texts of repaired resources.
func (r *linked) spellJSON(done []repair.Repair) {
	repaired := map[graph.Address]bool{}
	for _, d := range done {
		repaired[d.Address] = true
	}
	for _, res := range r.unlinked {
		if repaired[res.Address] {
			res.Exprs = rootly.JSONTexts(r.Schema.Resources[res.Address.Type].Block, res.Config)
		}
	}
}

// record adds the repairs to the report, and returns the addresses that are still in the code.
func (r *gathered) record(done []repair.Repair) []string {
	var targets []string
	seen := map[string]bool{}
	for _, d := range done {
		r.Report.Repairs = append(r.Report.Repairs, report.Repair{
			Address: d.Address.String(), Path: d.Path, How: string(d.How), Cause: d.Cause,
			Unruled: d.How == repair.Ignore && !rootly.MayIgnore(d.Address.Type, d.Path, r.Schema),
		})
		if d.How == repair.Remove {
			r.skipped = append(r.skipped, rootly.Rejected{
				Type: d.Address.Type, ID: d.ID, Title: d.Title, Reason: d.Cause, Fix: "report this with the versions of the provider and of this program",
			})
			continue
		}
		if address := d.Address.String(); !seen[address] {
			seen[address] = true
			targets = append(targets, address)
		}
	}
	return targets
}
