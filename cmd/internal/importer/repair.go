package importer

import (
	"context"
	"errors"
	"maps"
	"slices"

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
func (p *prover) planAndRepair(ctx context.Context) (*engines.Result, error) {
	repairer := repair.New(p.root().Job.Schema)
	for round := 0; ; round++ {
		result, verdict, err := p.judge(ctx, nil)
		if len(p.recording.unanswered()) > 0 && err == nil {
			p.proof.Verdict = verdict
			return result, nil // the code is not to blame
		}
		if again, unfoldErr := p.unfold(verdict, err); again || unfoldErr != nil {
			if unfoldErr != nil {
				return nil, unfoldErr
			}
			round-- // nothing was repaired
			continue
		}
		if err != nil {
			return nil, err
		}
		p.proof.Verdict = verdict
		if verdict.Clean || round == maxRounds || p.root().Job.Settings.Proof.NoRepair {
			return result, nil
		}
		again, err := p.repair(ctx, repairer, result, verdict)
		if err != nil || !again {
			return result, err
		}
	}
}

// judge plans and compares the plan with what is expected. part limits the plan to these addresses; empty means
// everything that can be planned. Objects at which the provider crashes are left out.
func (p *prover) judge(ctx context.Context, part []string) (*engines.Result, verify.Verdict, error) {
	for {
		targets := part
		if len(targets) == 0 {
			targets = p.readable(p.proof.Staged)
		}
		result, verdict, err := p.judgeOnce(ctx, targets)
		var crash *engines.CrashError
		if !errors.As(err, &crash) {
			return result, verdict, err
		}
		gone, err := p.takeOutCrashing(ctx, crash)
		if err != nil {
			return nil, verify.Verdict{}, err
		}
		part = slices.DeleteFunc(part, func(address string) bool { return address == gone })
	}
}

func (p *prover) judgeOnce(ctx context.Context, targets []string) (*engines.Result, verify.Verdict, error) {
	stateFile, err := p.proof.Staged.stateToProve()
	if err != nil {
		return nil, verify.Verdict{}, err
	}
	planner, err := p.stagedPlanner(ctx)
	if err != nil {
		return nil, verify.Verdict{}, err
	}
	result, err := p.planStaged(ctx, planner, stateFile, targets)
	if err != nil {
		return nil, verify.Verdict{}, err
	}
	p.proof.Facts.Subset = p.widen(p.proof.Staged, result.Changes)
	verdict := verify.Judge(&result.Plan, p.expect())
	if !verdict.Clean {
		again, err := p.planBefore(ctx, stateFile)
		if err != nil {
			return nil, verify.Verdict{}, err
		}
		if again {
			verdict = verify.Judge(&result.Plan, p.expect())
		}
	}
	if (p.leavesOut(p.proof.Staged) || p.subset != nil) && verdict.Incomplete != "" {
		// The plan leaves out what could not be read, on purpose: the rest can still be clean.
		verdict.Clean = len(verdict.Differences)+len(verdict.Errors)+len(verdict.Missing)+len(verdict.Unexpected) == 0
		verdict.Incomplete = ""
	}
	if !verdict.Clean || p.proof.Facts.Plans == 0 {
		return result, verdict, nil
	}
	return p.judgeCode(ctx, planner, result, verdict)
}

// judgeCode adds to the verdict about shards what only the whole of the code shows.
func (p *prover) judgeCode(ctx context.Context, planner *planning.Planner, result *engines.Result, verdict verify.Verdict) (*engines.Result, verify.Verdict, error) {
	wrong, err := planner.Validate(ctx, result)
	if p.planWhole(err) {
		return p.judgeOnce(ctx, nil)
	}
	if err == nil && wrong {
		verdict = verify.Judge(&result.Plan, p.expect())
	}
	return result, verdict, err
}

// stateToProve is the file with the state that plans are made against; empty for the directory's own.
func (s Staged) stateToProve() (string, error) {
	root := s.root()
	if root.state != nil {
		return root.state.Private(entries.Resources(s.Linked.Graph, root.Job.Schema), s.Linked.Share.Live.IDs, root.around.Alias())
	}
	return root.around.PulledFile()
}

// repair changes the code where a plan would change objects. Large directories are planned in part until the part is
// clean. It reports whether anything was changed, so that the whole has to be planned again.
func (p *prover) repair(ctx context.Context, m *repair.Repairer, result *engines.Result, verdict verify.Verdict) (bool, error) {
	changed := false
	for range maxRounds {
		linked := p.proof.Staged.Linked
		resources, done := m.Repair(linked.Share.Resources, result.Changes, verdict)
		if len(done) == 0 {
			return changed, nil
		}
		changed = true
		targets := p.record(done)
		if err := p.write(linked.repaired(resources, done)); err != nil {
			return changed, err
		}
		if len(p.proof.Staged.Linked.Graph.Resources) <= wholePlan || len(targets) == 0 {
			return changed, nil
		}
		var err error
		if result, verdict, err = p.judge(ctx, targets); err != nil {
			return changed, err
		}
		if len(verdict.Differences) == 0 && len(verdict.Errors) == 0 {
			return changed, nil
		}
	}
	return changed, nil
}

// repaired returns what is to be linked next: resources of which some were repaired.
func (l Linked) repaired(resources []*graph.Resource, done []repair.Repair) Linked {
	l.Share.Resources = resources
	here := map[graph.Address]bool{}
	for _, d := range done {
		here[d.Address] = true
		if d.How == repair.Remove {
			l.Skipped = append(slices.Clip(l.Skipped), rootly.Rejected{
				Type: d.Address.Type, ID: d.ID, Title: d.Title, Reason: d.Cause, Fix: "report this with the versions of the provider and of this program",
			})
		}
	}
	for _, res := range resources {
		if here[res.Address] { // a copy; its JSON texts may be others
			res.Exprs = rootly.JSONTexts(l.Share.Live.Job.Schema.Resources[res.Address.Type].Block, res.Config)
		}
	}
	return l
}

// write links, renders and stages again.
func (p *prover) write(l Linked) error {
	l, err := l.Relink()
	if err != nil {
		return err
	}
	p.proof.Staged, err = l.Stage()
	return err
}

// record notes the repairs, and returns the addresses that are still in the code.
func (p *prover) record(done []repair.Repair) []string {
	var targets []string
	for _, d := range done {
		p.proof.repairs = append(p.proof.repairs, report.Repair{
			Address: d.Address.String(), Path: d.Path, How: string(d.How), Cause: d.Cause,
			Unruled: d.How == repair.Ignore && !rootly.MayIgnore(d.Address.Type, d.Path, p.root().Job.Schema),
		})
		if address := d.Address.String(); d.How != repair.Remove && !slices.Contains(targets, address) {
			targets = append(targets, address)
		}
	}
	return targets
}

// unfold takes folds apart that the plan has something against. It reports whether there were any, so that
// the rest is worth another plan.
func (p *prover) unfold(v verify.Verdict, planErr error) (bool, error) {
	linked := p.proof.Staged.Linked
	members, why := unfolding(linked, v, planErr)
	if len(members) == 0 {
		return false, nil
	}
	p.proof.unfolded = append(p.proof.unfolded, why...)
	linked.unfold = maps.Clone(linked.unfold)
	for _, m := range members {
		linked.unfold[m.Target()] = true
	}
	return true, p.write(linked)
}
