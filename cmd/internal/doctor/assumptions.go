package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// An assumption is one thing that the client, the sandbox and the stand-in all assume about the API.
type assumption struct {
	id    string
	says  string
	copes string // what the program does if it is wrong; empty: the program relies on it
	check func(context.Context, *account) (verdict, error)
}

// A verdict is the result of testing an assumption. Its detail contains no names and no values.
type verdict struct {
	status, detail string
}

// The results of testing an assumption.
const (
	holds    = "holds"
	differs  = "differs"
	handled  = "differs, handled"
	untested = "untested"
)

func yes() (verdict, error) { return verdict{status: holds}, nil }

func no(detail string) (verdict, error) { return verdict{differs, detail}, nil }

func unknown(why string) (verdict, error) { return verdict{untested, why}, nil }

// assumptions is the whole table. The last row judges all earlier requests.
func assumptions() []assumption {
	return append(append(append(pagingRows(), objectRows()...), eventRows()...), otherRows()...)
}

// A tested is an assumption after its test. Its JSON form is part of the interface: fields are added, never renamed.
type tested struct {
	ID      string `json:"assumption"`
	Says    string `json:"says"`
	Status  string `json:"status"`
	Detail  string `json:"detail,omitempty"`
	Handled string `json:"handled,omitempty"` // what the program does if it differs
}

// A trial is all tested assumptions.
type trial struct {
	Version     int      `json:"version"`
	Program     string   `json:"program"` // its version
	Assumptions []tested `json:"assumptions"`
}

// testAssumptions tests every assumption with an account.
func testAssumptions(ctx context.Context, w world.World, o *Settings) error {
	client, base, done, err := open(w, o, newHeads())
	if err != nil {
		return err
	}
	defer done()
	a, err := read(ctx, client, base, w.Now())
	if err != nil {
		return err
	}
	var all []tested
	broken := false
	for _, row := range assumptions() {
		v, err := row.check(ctx, a)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v = verdict{untested, reason(err)}
		}
		t := tested{ID: row.id, Says: row.says, Status: v.status, Detail: v.detail}
		if v.status == differs && row.copes != "" {
			t.Status, t.Handled = handled, row.copes
		}
		broken = broken || t.Status == differs
		all = append(all, t)
	}
	if err := w.Report().Result(resultOf(all)); err != nil {
		return err
	}
	if broken {
		return exit.Status(exit.Differs)
	}
	return nil
}

func resultOf(all []tested) report.Result {
	var lines []string
	counts := map[string]int{}
	for _, t := range all {
		counts[t.Status]++
		lines = append(lines, fmt.Sprintf("  %-16s  %-18s  %s", t.Status, t.ID, t.Says))
		for _, line := range []string{t.Detail, t.Handled} {
			if line != "" {
				lines = append(lines, fmt.Sprintf("  %-16s  %-18s    %s", "", "", line))
			}
		}
	}
	return report.Result{Value: trial{1, world.Version(), all}, Lines: append(lines, "",
		fmt.Sprintf("%s: %d hold, %d differ, %d differ and are handled, %d untested.", report.Plural(len(all), "assumption"),
			counts[holds], counts[differs], counts[handled], counts[untested]),
		"This report has no names, ids or values of your organisation.")}
}

// reason says in words of this program why a check could not be made. The text of an error is never used, since its
// path may contain ids.
func reason(err error) string {
	var refused interface{ Decided() bool }
	if errors.As(err, &refused) && refused.Decided() {
		return "the API refused the request"
	}
	return "the request failed"
}
