package cli

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/repair"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// This file is about objects at which the provider stops, and takes the plan of all others with it.

const (
	// maxCrashing bounds the objects that are taken out of a run. Each takes three plans or more.
	maxCrashing = 20

	mendCrash = "change in Rootly what is unusual about it, or use a version of the provider that reads it; the provider's authors want to know"
)

// takeOutCrashing finds the object at which the provider stopped, takes it out of what is planned and
// returns its address. The error is the crash where none is found, or too many.
func (r *run) takeOutCrashing(ctx context.Context, crash *verify.CrashError) (string, error) {
	stateFile, err := r.stateToProve()
	if err != nil {
		return "", err
	}
	address, alone, err := r.planner.session.Culprit(ctx, stateFile, crash, r.plannable())
	if err != nil {
		return "", err
	}
	if address == "" {
		return "", crash
	}
	values := make([]string, len(r.graph.Variables))
	for i, v := range r.graph.Variables {
		values[i] = v.Value
	}
	why := whyCrashed(alone, values)
	if r.o.proof.noRepair || len(r.crashed) == maxCrashing {
		return "", crashes(address, why)
	}
	r.progress.Stage("crash", 0)
	r.progress.Done(address + ", left out")
	if err := r.takeOut(ctx, address, why); err != nil {
		return "", err
	}
	r.progress.Stage("verify", len(r.graph.Resources))
	return address, nil
}

// takeOut takes a resource out of the graph, or keeps its code out of the plan where that is code of an
// earlier run.
func (r *run) takeOut(ctx context.Context, address, why string) error {
	at := slices.IndexFunc(r.graph.Resources, func(res *graph.Resource) bool { return res.Address.String() == address })
	if at >= 0 {
		res := r.graph.Resources[at]
		r.crashed[state.Key{Type: res.Address.Type, ID: res.ID}] = why
		r.graph.Resources = slices.Delete(slices.Clone(r.graph.Resources), at, at+1)
		r.skipped = append(r.skipped, rootly.Rejected{Type: res.Address.Type, ID: res.ID, Title: res.Title, Reason: why, Fix: mendCrash})
		r.report.Repairs = append(r.report.Repairs, report.Repair{Address: address, How: string(repair.Remove), Cause: why})
	}
	for _, c := range r.changes.Carried {
		if c.Address.String() == address {
			r.crashed[c.Key()] = why
		}
	}
	if err := r.writeAgain(ctx); err != nil {
		return err
	}
	for _, c := range r.changes.Carried {
		if c.Address.String() == address {
			r.crashed[c.Key()], r.unread[c.Address] = why+"; it is not in the plan, and a plan of the whole directory ends there", true
		}
	}
	return nil
}

// plannable lists what the plan is of, each address after those that it refers to.
func (r *run) plannable() []string {
	var addresses []string
	for _, c := range r.changes.Carried {
		if !r.unread[c.Address] {
			addresses = append(addresses, c.Address.String())
		}
	}
	for _, res := range r.graph.InOrder() {
		addresses = append(addresses, res.Address.String())
	}
	return addresses
}

// blame names the object at which the provider stopped, as far as it can be found.
func (p *planner) blame(ctx context.Context, stateFile string, crash *verify.CrashError) error {
	address, alone, err := p.session.Culprit(ctx, stateFile, crash, nil)
	switch {
	case err != nil:
		return err
	case address == "":
		return crash
	}
	return crashes(address, whyCrashed(alone, nil))
}

// ofTypes matches panics of the language itself, which tell of types and never of values.
var ofTypes = regexp.MustCompile(`^(interface conversion|runtime error|assignment to entry in nil map|reflect)\b`)

// quoted matches what a message quotes: it may come from the object.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// whyCrashed tells of a crash, with none of the secrets. Where they are not known it tells of types only.
func whyCrashed(crash *verify.CrashError, secrets []string) string {
	const why = "the provider crashes on it"
	if crash.Panic == "" || secrets == nil && !ofTypes.MatchString(crash.Panic) {
		return why
	}
	said := crash.Panic
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, value := range secrets {
		if value != "" {
			said = strings.ReplaceAll(said, value, "[secret]")
		}
	}
	said = secret.Mask(quoted.ReplaceAllString(said, `"..."`))
	const long = 200
	if runes := []rune(said); len(runes) > long {
		said = string(runes[:long]) + "..."
	}
	return why + ": " + said
}

// crashes is the error for an object that keeps everything from being planned.
func crashes(address, why string) error {
	return advised(fmt.Errorf("%s: %s", address, why), mendCrash+"; .rootlyignore keeps it out of an import")
}
