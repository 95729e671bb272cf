package splitter

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// This file is about commands on directories that an import has split.

// PartsOf lists the root modules of a directory in the order in which they are applied: itself, unless
// it was split.
func PartsOf(dir string) ([]string, error) {
	memo, err := readSplit(dir)
	if err != nil || memo == nil {
		return []string{dir}, err
	}
	var dirs []string
	for _, p := range memo.Parts {
		part := filepath.Join(dir, p.Name)
		if _, err := os.Stat(part); errors.Is(err, fs.ErrNotExist) {
			return nil, exit.WithHint(fmt.Errorf("%s is missing, although %s lists it", part, filepath.Join(dir, SplitName)),
				"restore it from version control; import --split-by "+memo.By+" writes it again")
		}
		dirs = append(dirs, part)
	}
	return dirs, nil
}

// A Root is one root module of a directory.
type Root struct {
	Dir   string
	Name  string   // of the part; empty for a directory that is not split
	Team  graph.ID // that owns it; empty for what has no single owner
	Owner string   // as CODEOWNERS has it
}

// RootsOf lists the root modules of a directory like [PartsOf], with who owns them.
func RootsOf(dir string) ([]Root, error) {
	dirs, err := PartsOf(dir)
	if err != nil {
		return nil, err
	}
	memo, err := readSplit(dir)
	if err != nil || memo == nil {
		return []Root{{Dir: dir}}, err
	}
	roots := make([]Root, len(dirs))
	for i, p := range memo.Parts {
		roots[i] = Root{Dir: dirs[i], Name: p.Name, Team: p.Team, Owner: p.Owner}
	}
	return roots, nil
}

// PlaceOf is the root module in which an import would put a resource that belongs to no other: that of the one team that
// owns it, or the one for what is shared.
func PlaceOf(res *graph.Resource, roots []Root) int {
	team, shared := ownerOf(res), 0
	for i, r := range roots {
		if r.Team != "" && r.Team == team {
			return i
		}
		if r.Name == sharedPart {
			shared = i
		}
	}
	return shared
}

// Siblings are the other parts of the directory that a part belongs to, with the objects in their
// code. Of a directory that is no part, there are none.
func Siblings(dir string) (map[string]map[graph.Target]graph.Address, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", dir, err)
	}
	memo, err := splitAround(full)
	if err != nil || memo == nil {
		return nil, err
	}
	out := map[string]map[graph.Target]graph.Address{}
	for _, p := range memo.Parts {
		if p.Name == filepath.Base(full) {
			continue
		}
		sibling, err := state.Open(filepath.Join(filepath.Dir(full), p.Name), state.Options{Version: world.Version(), LookOnly: true, Adopt: true})
		if err != nil {
			return nil, err
		}
		out[p.Name] = sibling.Addresses()
		if err := sibling.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// StatesAround are the states of the other parts as they will be when these are applied, by the names
// of the data sources that read them. Of a directory that is no part, there are none.
func StatesAround(dir string) (map[string][]byte, error) {
	siblings, err := Siblings(dir)
	if err != nil || siblings == nil {
		return nil, err
	}
	states := map[string][]byte{}
	for name, objects := range siblings {
		ids := map[string]map[string]graph.ID{}
		for key, a := range objects {
			output := outputName(a.Type)
			if ids[output] == nil {
				ids[output] = map[string]graph.ID{}
			}
			ids[output][a.Name] = key.ID
		}
		if states[stateSourceName(name)], err = stateOf(ids); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// AddVerdict adds up what the plans of several parts say.
func AddVerdict(to *verify.Verdict, of verify.Verdict) {
	to.Import += of.Import
	to.Add += of.Add
	to.Change += of.Change
	to.Destroy += of.Destroy
	to.Forget += of.Forget
	to.Differences = append(to.Differences, of.Differences...)
}

// proofStates are the states of a proof, the better ones first.
var proofStates = [...]string{"", report.ProofClean, report.ProofSkipped, report.ProofUnavailable, report.ProofDiffers}

func worse(a, b string) bool {
	rank := map[string]int{}
	for i, s := range proofStates {
		rank[s] = i
	}
	return rank[a] > rank[b]
}

// MergeProof makes the proof of a whole what the weakest of its parts has.
func MergeProof(to *report.Proof, of report.Proof, part string) {
	if worse(of.State, to.State) {
		to.State, to.Reason, to.Hint = of.State, of.Reason, of.Hint
	}
	to.Engine, to.Provider, to.Against = cmp.Or(to.Engine, of.Engine), cmp.Or(to.Provider, of.Provider), cmp.Or(to.Against, of.Against)
	to.StandIn = to.StandIn || of.StandIn
	to.Plans += max(1, of.Plans)
	to.Whole = cmp.Or(to.Whole, of.Whole)
	to.Imported += of.Imported
	to.Managed += of.Managed
	to.Reported += of.Reported
	to.Seconds += of.Seconds
	to.Subset += of.Subset
	for _, a := range of.LeftOut {
		to.LeftOut = append(to.LeftOut, part+"/"+a)
	}
	to.Checks = append(to.Checks, of.Checks...)
	for _, d := range of.Differences {
		d.Address = part + "/" + d.Address
		to.Differences = append(to.Differences, d)
	}
}
