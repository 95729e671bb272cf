package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// oddPerRun is how many values of an organisation are odd: 200 runs have 25,000.
const oddPerRun = 125

// TestOddAnswers imports organisations in which values have other types, sizes and numbers than Rootly's. Each run
// must end, write a plan that is clean, and have every object in the code or in the report.
// ROOTLY_TEST_ODD_RUNS says how many runs to make, ROOTLY_TEST_ODD_SEED the only one.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	seeds := 2
	if said, err := strconv.Atoi(os.Getenv("ROOTLY_TEST_ODD_RUNS")); err == nil {
		seeds = said
	}
	first := 0
	if said, err := strconv.Atoi(os.Getenv("ROOTLY_TEST_ODD_SEED")); err == nil {
		first, seeds = said, 1
	}
	engine := engineNames(t)
	for seed := first; seed < first+seeds; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			objects := organisation.New(organisation.Options{Seed: uint64(seed), Size: 100})
			list := oddities(rand.New(rand.NewPCG(uint64(seed), 13)), objects, oddPerRun)
			r := oddRun{t: t, engine: engine[seed%len(engine)], objects: objects}
			err := r.imports(list)
			if err == nil {
				return
			}
			list = shrink(list, func(fewer []oddity) bool { return r.imports(fewer) != nil })
			t.Errorf("%v\nshrunk to %v\n%v", err, list, r.imports(list))
		})
	}
}

// An oddRun imports one organisation with different oddities.
type oddRun struct {
	t       *testing.T
	engine  string
	objects []sandbox.Object
}

// imports returns what is wrong with an import.
func (r *oddRun) imports(list []oddity) error {
	odd, renamed := withOddities(r.objects, list)
	_, url := serve(r.t, sandbox.Options{Objects: odd, Seed: 1})
	dir := filepath.Join(r.t.TempDir(), "out")
	ended := make(chan outcome, 1)
	go func() {
		ended <- program(r.t, os.Environ(), "import", "-o", dir, "--url", url, "--token", token, "--engine", r.engine, "--provider", "stand-in")
	}()
	var o outcome
	select {
	case o = <-ended:
	case <-time.After(5 * time.Minute):
		return errors.New("the import hangs")
	}
	if o.code != 0 && o.code != 3 {
		return fmt.Errorf("exit code %d: %s %.2000s", o.code, o.talk, fmt.Sprintf("%+v", o.summary.Proof.Differences))
	}
	if o.summary.Proof.State != report.ProofClean {
		return fmt.Errorf("exit code %d, but the proof is %s: %s", o.code, o.summary.Proof.State, o.summary.Proof.Reason)
	}
	if bytes.ContainsAny([]byte(o.talk), "\x1b\x00") {
		return fmt.Errorf("control characters on the terminal: %q", o.talk)
	}
	return lost(odd, renamed, read(r.t, dir), o.summary)
}

// lost names objects that are neither in the code nor in the report.
func lost(objects []sandbox.Object, renamed map[int]bool, c code, s report.Summary) error {
	known := c.ids()
	for _, n := range s.NotImported {
		known[n.ID] = n.Reason
	}
	unlisted, taken := map[string]bool{}, map[string]bool{}
	for _, n := range s.NotListed {
		unlisted[catalogue.Lookup(n.Type).API] = true
	}
	for _, row := range catalogue.Types() {
		taken[row.API] = taken[row.API] || row.Optional == ""
	}
	var all []error
	for i, o := range objects {
		if taken[o.API] && !renamed[i] && known[o.ID] == "" && !unlisted[o.API] {
			all = append(all, fmt.Errorf("%s %s (object %d) is neither in the code nor in the report", o.API, o.ID, i))
		}
	}
	return errors.Join(all...)
}
