package planning

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/shards"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// shardSize is about how many resources are planned at a time. Fewer cost more starts of the provider, more of them
// more memory, and time that grows with their square while Terraform loads import blocks.
const shardSize = 400

// A shardedPlan is what is known of the shards of a directory.
type shardedPlan struct {
	cutter *shards.Cutter
	made   map[[sha256.Size]byte]*engines.Result // plans without errors, by all that went into them
	cut    *shards.Cut                           // what the last plans were of
	values map[string][]byte                     // the files with values of variables
}

// PlanShards plans the directory in several plans at a time, each of some of its resources, and returns them as one. Of
// shards that are the same as in an earlier call, the plan is too. It also returns in how many plans that is. The error
// is a [shards.WholeError] where the directory cannot be cut, else as of [Planner.Plan].
func (p *Planner) PlanShards(ctx context.Context, stateFile string, value shards.Value) (*engines.Result, int, error) {
	if p.sharded == nil {
		p.sharded = &shardedPlan{cutter: shards.NewCutter(p.shardSize), made: map[[sha256.Size]byte]*engines.Result{}}
	}
	start := p.now()
	code, values, err := codeOf(p.Dir)
	if err != nil {
		return nil, 0, err
	}
	state, err := readIfThere(cmp.Or(stateFile, filepath.Join(p.Dir, StateName)))
	if err != nil {
		return nil, 0, err
	}
	cut, err := p.sharded.cutter.Cut(code, state, value)
	if err != nil {
		return nil, 0, err
	}
	p.sharded.cut, p.sharded.values = cut, values
	debug.FreeOSMemory() // engines need what reading the code took
	if !p.limited {
		makeRoom()
	}
	results, err := p.planAll(ctx, cut)
	if err != nil {
		veilError(p.veil, err)
		return nil, 0, err
	}
	result := union(results)
	result.Duration = p.now().Sub(start)
	p.finish(ctx, result)
	return result, len(cut.Shards), nil
}

// makeRoom raises the soft limit of memory where the live objects alone come near it: the program would collect garbage all the
// time, with half of the processors.
func makeRoom() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if room := int64(m.HeapAlloc) * 2; room > debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(room)
	}
}

// Validate checks the whole code of shards that were planned: what refers to what, and that nothing refers to itself. Errors
// in the code of resources are added to the result, so that they are fixed as those of a plan are, and it returns true.
// Others are a [engines.RefusedError].
func (p *Planner) Validate(ctx context.Context, result *engines.Result) (bool, error) {
	start := p.now()
	defer func() { result.Duration += p.now().Sub(start) }()
	var refused *engines.RefusedError
	var err error
	var links []map[string][]byte
	if !result.Errored {
		links = p.sharded.cut.Links()
	}
	for i := 0; i < len(links) && err == nil; i++ {
		err = p.validate(ctx, links[i])
	}
	if len(links) == 0 || errors.As(err, &refused) {
		err = p.validate(ctx, p.sharded.cut.Code()) // which shows where the errors are
	}
	if !errors.As(err, &refused) || slices.ContainsFunc(refused.Diagnostics, func(d plans.Diagnostic) bool { return d.Address == "" }) {
		return false, err
	}
	more := &engines.Result{Engine: result.Engine, Plan: plans.Plan{Errored: true, Diagnostics: refused.Diagnostics}}
	VeilResult(p.veil, more)
	result.Errored, result.Diagnostics = true, append(result.Diagnostics, more.Diagnostics...)
	return true, nil
}

func (p *Planner) validate(ctx context.Context, code map[string][]byte) error {
	session, err := p.Session.Share("code", with(code, p.sharded.values), func(engines.Progress) {})
	if err != nil {
		return err
	}
	return errors.Join(session.Validate(ctx), session.Close())
}

// planAll plans all shards that are not planned yet.
func (p *Planner) planAll(ctx context.Context, cut *shards.Cut) ([]*engines.Result, error) {
	if err := p.Session.Init(ctx); err != nil {
		return nil, err
	}
	results := make([]*engines.Result, len(cut.Shards))
	progress := p.progress(len(cut.Shards))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce())
	keys := make([][sha256.Size]byte, len(cut.Shards))
	for i, shard := range cut.Shards {
		g.Go(func() (err error) {
			results[i], keys[i], err = p.planShard(ctx, i, shard, progress(i))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	clear(p.sharded.made)
	for i, r := range results {
		if !r.Errored {
			p.sharded.made[keys[i]] = r
		}
	}
	return results, nil
}

// planShard plans a shard, unless the plan is known. It returns what the plan is kept by.
func (p *Planner) planShard(ctx context.Context, i int, shard shards.Shard, progress func(engines.Progress)) (_ *engines.Result, key [sha256.Size]byte, err error) {
	const own = "shard.tfstate"
	files := with(shard.Files(), p.sharded.values)
	state, err := shard.State()
	if err != nil {
		return nil, key, err
	}
	if key = digest(files, state); p.sharded.made[key] != nil {
		return p.sharded.made[key], key, ctx.Err()
	}
	stateFile := ""
	if len(state) > 0 {
		files[own] = state
	}
	session, err := p.Session.Share(fmt.Sprintf("shard-%d", i), files, progress)
	if err != nil {
		return nil, key, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if len(state) > 0 {
		stateFile = filepath.Join(session.Dir(), own)
	}
	result, err := session.Plan(ctx, stateFile, nil)
	return result, key, err
}

// union is what plans of parts say together.
func union(results []*engines.Result) *engines.Result {
	whole, seen := &engines.Result{}, map[plans.Diagnostic]bool{}
	for _, r := range results {
		whole.Engine, whole.Provider = r.Engine, r.Provider
		whole.Changes = append(whole.Changes, r.Changes...)
		whole.Drift = append(whole.Drift, r.Drift...)
		whole.Outputs = append(whole.Outputs, r.Outputs...)
		whole.Deferred = append(whole.Deferred, r.Deferred...)
		whole.Invoked = append(whole.Invoked, r.Invoked...)
		whole.Unread = append(whole.Unread, r.Unread...)
		whole.Errored = whole.Errored || r.Errored
		for _, d := range r.Diagnostics {
			if !seen[d] {
				seen[d] = true
				whole.Diagnostics = append(whole.Diagnostics, d)
			}
		}
	}
	byAddress := func(a, b plans.Change) int { return strings.Compare(a.Address, b.Address) }
	slices.SortStableFunc(whole.Changes, byAddress)
	slices.SortStableFunc(whole.Drift, byAddress)
	return whole
}

// progress adds up what the shards report.
func (p *Planner) progress(n int) func(i int) func(engines.Progress) {
	var lock sync.Mutex
	read := make([]int, n)
	return func(i int) func(engines.Progress) {
		return func(v engines.Progress) {
			if v.Step != "plan" || p.report == nil {
				return
			}
			lock.Lock()
			defer lock.Unlock()
			read[i] = v.Objects
			sum := 0
			for _, n := range read {
				sum += n
			}
			v.Objects = sum
			p.report(v)
		}
	}
}

// atOnce is how many plans are made at a time: as many as there are processors, and at most eight, since an engine with its
// provider takes about 300 MB.
func atOnce() int { return max(1, min(runtime.GOMAXPROCS(0), 8)) }

// codeOf reads the code of a directory, and the values of its variables.
func codeOf(dir string) (code, values map[string][]byte, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("list the code: %w", err)
	}
	code, values = map[string][]byte{}, map[string][]byte{}
	for _, entry := range entries {
		name := entry.Name()
		to := code
		switch {
		case entry.IsDir(), engines.IsOverride(name):
			continue
		case roots.ValueNames.MatchString(name):
			to = values
		case !roots.CodeNames.MatchString(name):
			continue
		case roots.OverrideNames.MatchString(name), filepath.Ext(name) != ".tf":
			return nil, nil, &shards.WholeError{Reason: "a file " + name}
		}
		if to[name], err = disk.ReadFile(filepath.Join(dir, name), disk.MostCode); err != nil {
			return nil, nil, fmt.Errorf("read the code: %w", err)
		}
	}
	return code, values, nil
}

func readIfThere(path string) ([]byte, error) {
	src, err := disk.ReadFile(path, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	return src, nil
}

func with(files, more map[string][]byte) map[string][]byte {
	all := maps.Clone(files)
	maps.Copy(all, more)
	return all
}

func digest(files map[string][]byte, state []byte) [sha256.Size]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%q %d\n%s", name, len(files[name]), files[name])
	}
	h.Write(state)
	return [sha256.Size]byte(h.Sum(nil))
}
