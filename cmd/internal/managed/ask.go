package managed

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/imports"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// An Inquiry finds out what a root module will manage once it is applied, in addition to what its state has. If that
// needs an evaluation of the code, the engine plans the module as it is.
type Inquiry struct {
	W      world.World
	Proof  *planning.Proof
	Dir    string
	Live   connect.Target
	Around *Module                                           // with the state, and what people have in the directory
	Wanted func(typ string) bool                             // whether a type is looked at: then its objects must be known
	Fill   func(context.Context, []string) map[string]string // see [planning.Options]; nil: no variable is filled in
	Note   func(text string)                                 // is called with what could not be planned; nil: it is reported
}

// Ask returns the addresses that the import blocks lead to, and those of the plan if one was needed.
func (q Inquiry) Ask(ctx context.Context) ([]tfstate.Held, error) {
	var list []tfstate.Held
	for _, i := range q.Around.Hand.Imports {
		list = appendPlace(list, i.To, string(i.ID))
	}
	unread := slices.DeleteFunc(slices.Clone(q.Around.Hand.Unread), func(u state.Unread) bool { return u.To != "" && !ofRootly(u.To) })
	followed := q.Around.followed()
	if len(unread) == 0 && !slices.ContainsFunc(followed, repeated) && !slices.ContainsFunc(q.Around.Held, q.Around.Leaves) {
		return append(list, followed...), nil
	}
	planned, why := q.plan(ctx, unread)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, c := range planned {
		list = appendPlace(list, c.Address, cmp.Or(c.Import, c.ID))
	}
	list = append(list, followed...) // after the engine's, which takes count into account
	if why == nil || len(unread) == 0 {
		return list, nil
	}
	evaluated, err := q.evaluate(why)
	return append(list, evaluated...), err
}

// repeated reports whether an address is in a module, or that of an instance: only the engine knows all of those.
func repeated(h tfstate.Held) bool { return h.Module != "" || h.Key != "" }

// ofRootly reports whether an address is one of the provider's, or leads to a whole module.
func ofRootly(address string) bool {
	h, ok := tfstate.ParseAddress(address)
	return !ok || catalogue.Lookup(h.Address.Type) != nil
}

func appendPlace(list []tfstate.Held, address, id string) []tfstate.Held {
	h, ok := tfstate.ParseAddress(address)
	if !ok || id == "" || catalogue.Lookup(h.Address.Type) == nil {
		return list
	}
	h.ID = graph.ID(planning.PlainID(id))
	return append(list, h)
}

// plan asks the engine what the module has and imports: all of it or, if another provider prevents that, the targets of
// its import blocks. The error says why neither could be planned.
func (q Inquiry) plan(ctx context.Context, unread []state.Unread) ([]plans.Change, error) {
	if q.Proof.Off {
		return nil, errUnplanned
	}
	stateFile, err := q.Around.PulledFile()
	if err != nil {
		return nil, err
	}
	var kept []plans.Change
	var why error
	for _, targets := range [][]string{nil, blocksTargeted(unread)} {
		if why != nil && len(targets) == 0 {
			break
		}
		result, err := q.Proof.Plan(ctx, q.W, q.Dir, q.Live, planning.Options{StateFile: stateFile, Targets: targets, Stored: true, Arguments: true, Always: true, Configurations: []string{q.Around.Ours}, Fill: q.Fill})
		if err == nil && result.Errored {
			err = fmt.Errorf("%s", planning.FirstError(result))
		}
		if result != nil {
			kept = append(kept, staying(result.Changes)...)
		}
		if err == nil {
			return kept, nil
		}
		if why == nil {
			why = err
		}
	}
	return kept, why
}

// errUnplanned is the reason if no plan is wanted.
var errUnplanned = fmt.Errorf("--no-verify plans nothing")

// staying are the changes after which the module has the object.
func staying(changes []plans.Change) []plans.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c plans.Change) bool {
		return c.Action == plans.Delete || c.Action == plans.Forget || c.Action == plans.Read
	})
}

// blocksTargeted are the resource blocks that import blocks are for, to restrict a plan to.
func blocksTargeted(unread []state.Unread) []string {
	var targets []string
	for _, u := range unread {
		h, ok := tfstate.ParseAddress(u.To)
		if !ok || h.Module != "" {
			return nil // keys of modules may be expressions
		}
		targets = append(targets, h.Address.String())
	}
	return targets
}

// evaluate reads the import blocks without the engine. It does not guess what it cannot read.
func (q Inquiry) evaluate(why error) ([]tfstate.Held, error) {
	blocks, err := imports.Read(q.Dir, q.W.Environ(), q.Proof.VarFiles...)
	if err != nil {
		return nil, err
	}
	var list []tfstate.Held
	for _, b := range blocks {
		row := catalogue.Lookup(b.Type)
		switch {
		case b.Type != "" && row == nil:
		case b.Err == nil:
			for _, o := range b.Objects {
				list = appendPlace(list, o.To, o.ID)
			}
		case b.Type == "" || q.Wanted(b.Type):
			return nil, q.refuse(b, why)
		}
	}
	if why != errUnplanned {
		note := q.Note
		if note == nil {
			note = q.W.Report().Note
		}
		note(fmt.Sprintf("%s cannot be planned in its current form, so its import blocks were evaluated without the engine: %v", q.Dir, why))
	}
	return list, nil
}

// refuse is the error for an import block that may be for any object of a type.
func (q Inquiry) refuse(b imports.Block, why error) error {
	what := "it is not known what this block imports"
	without := ""
	if b.Type != "" {
		what += ", so any " + selection.Short(b.Type) + " may be managed by it"
		without = ", or leave the type out: --excludes " + selection.Short(b.Type)
	}
	hint := "make a plan of the directory succeed (set variables in TF_VAR_NAME or tfvars files), or write the ids as text" + without
	if why == errUnplanned {
		hint = "leave out --no-verify, so that the engine evaluates the block, or write the ids as text" + without
	}
	return exit.WithHint(fmt.Errorf("%s:%d: %s: %w; the plan: %w", filepath.Join(q.Dir, b.File), b.Line, what, b.Err, why), hint)
}
