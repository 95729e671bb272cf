package engines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// CrashError says that the provider stopped in the middle of a plan.
type CrashError struct {
	*RefusedError

	Panic string   // the first line of its panic without that word, not masked; zero: not known
	begun []string // addresses of objects that the plan came to and did not end, in that order
	ended map[string]bool
}

// Unwrap returns the refusal that the crash was to the engine.
func (e *CrashError) Unwrap() error { return e.RefusedError }

var (
	// callPattern finds the call that got no answer in what engines say of it.
	callPattern = regexp.MustCompile(`\(\*GRPCProvider\)\.(\w+)`)
	// objectCalls are the calls that are about a single object of a resource type.
	objectCalls = regexp.MustCompile(`^(ImportResourceState|UpgradeResourceState|ReadResource|ValidateResourceConfig|PlanResourceChange)$`)
	// panicPattern finds the first line of a panic: Terraform prints it at the end, OpenTofu has it in its log of the
	// provider.
	panicPattern = regexp.MustCompile(`(?m)^(?:.* provider\.[^\s:]+: )?panic: ([^\r\n]+)`)
)

// crashed is the error for a plan in which the provider stopped, with what is known of the objects and what the engine
// printed.
func (s *Session) crashed(ctx context.Context, file string, refused *RefusedError, printed string) error {
	var kept Result
	if info, err := os.Stat(file); err == nil && info.Size() > 0 {
		if err := s.show(ctx, file, &kept); ctx.Err() != nil {
			return err
		}
	}
	crash := &CrashError{RefusedError: refused, Panic: panicIn(printed), ended: map[string]bool{}}
	for _, c := range kept.Changes {
		crash.ended[c.Address] = true
	}
	for _, address := range s.stream.Begun() {
		if !crash.ended[address] {
			crash.begun = append(crash.begun, address)
		}
	}
	return crash
}

// ofObject reports whether some object may have made the provider stop: one that stops at its configuration stops with
// any objects and with none.
func (e *CrashError) ofObject() bool {
	found := false
	for _, d := range e.Diagnostics {
		call := callPattern.FindStringSubmatch(d.Summary + " " + d.Detail)
		if !d.IsCrash() || call == nil {
			continue
		}
		if !objectCalls.MatchString(call[1]) {
			return false
		}
		found = true
	}
	return found
}

// Culprit finds the object that made the provider crash, by plans of some of the addresses one at a time. The addresses are
// all those of the plan, each after those that it refers to; without any, only what the provider was reading is tried. It
// returns the address and the crash for it alone, or nothing if no single object makes the provider crash again. The errors
// are those of [Session.Plan].
func (s *Session) Culprit(ctx context.Context, stateFile string, crash *CrashError, addresses []string) (string, *CrashError, error) {
	if !crash.ofObject() {
		return "", nil, nil
	}
	h := &hunt{addresses: map[string]bool{}}
	h.trace = func(targets []string) (*CrashError, error) { return s.trace(ctx, stateFile, targets) }
	for _, address := range addresses {
		h.addresses[address] = true
	}

	// Most often it is one of the few that the provider was reading.
	if address, alone, err := h.among(h.known(crash.begun)); err != nil || address != "" {
		return address, alone, err
	}
	// Engines do not report which object they asked for in an import.
	rest := slices.DeleteFunc(slices.Clone(addresses), func(address string) bool { return crash.ended[address] })
	address, alone, err := h.split(rest)
	if address == "" || err != nil {
		return "", nil, err
	}
	// A provider that stops with every object stops for another reason.
	others := slices.DeleteFunc(slices.Clone(addresses), func(other string) bool { return other == address })
	slices.SortStableFunc(others, func(a, b string) int { return boolOrder(crash.ended[b]) - boolOrder(crash.ended[a]) })
	const few = 3
	for _, other := range others[:min(few, len(others))] {
		if again, err := h.trace([]string{other}); again == nil {
			return address, alone, err
		}
	}
	return "", nil, nil
}

// hunt is a search for the object that makes a provider stop.
type hunt struct {
	trace     func(targets []string) (*CrashError, error)
	addresses map[string]bool // those that count; empty: every one
}

func (h *hunt) known(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(address string) bool {
		return len(h.addresses) > 0 && !h.addresses[address] || strings.HasPrefix(address, "data.")
	})
}

// among plans suspects one at a time, and the first at which the provider stops once more by itself.
func (h *hunt) among(suspects []string) (string, *CrashError, error) {
	if len(suspects) == 0 {
		return "", nil, nil
	}
	crash, err := h.trace(suspects)
	if crash == nil {
		return "", nil, err
	}
	const most = 5 // the first by far; those before it failed in another way
	begun := h.known(crash.begun)
	for _, address := range begun[:min(most, len(begun))] {
		alone, err := h.trace([]string{address})
		if err != nil {
			return "", nil, err
		}
		if alone != nil && slices.Contains(alone.begun, address) {
			return address, alone, nil
		}
	}
	return "", nil, nil
}

// split halves the addresses until one is left at which the provider stops.
func (h *hunt) split(rest []string) (string, *CrashError, error) {
	if len(rest) == 0 {
		return "", nil, nil
	}
	whole, err := h.trace(rest)
	if whole == nil || !whole.ofObject() {
		return "", nil, err
	}
	fine, stops := 0, len(rest) // the provider gets through so many, and does not through so many
	for stops-fine > 1 {
		middle := (fine + stops) / 2
		crash, err := h.trace(rest[:middle])
		if err != nil {
			return "", nil, err
		}
		if crash != nil {
			stops = middle
		} else {
			fine = middle
		}
	}
	address := rest[stops-1]
	alone, err := h.trace([]string{address})
	if alone == nil || len(alone.begun) > 0 { // what it refers to was being read
		return "", nil, err
	}
	return address, alone, nil
}

// trace plans targets one at a time, so that no other object is under way when the provider stops. It returns nothing
// where the provider does not.
func (s *Session) trace(ctx context.Context, stateFile string, targets []string) (*CrashError, error) {
	tf := s.tf
	defer func() { s.tf, s.single = tf, false }()
	s.single = true
	log, err := s.own.note("provider.log", nil)
	if err != nil {
		return nil, fmt.Errorf("save the output of the provider: %w", err)
	}
	if s.tf, err = s.engineIn(s.job.Dir); err != nil {
		return nil, err
	}
	if err := errors.Join(s.tf.SetLogProvider("ERROR"), s.tf.SetLogPath(log)); err != nil {
		return nil, fmt.Errorf("save the output of the provider: %w", err)
	}

	_, err = s.Plan(ctx, stateFile, targets)
	var crash *CrashError
	if !errors.As(err, &crash) {
		return nil, err
	}
	said, err := disk.ReadFile(log, disk.MostCode)
	if err != nil {
		return nil, fmt.Errorf("read the output of the provider: %w", err)
	}
	crash.Panic = cmp.Or(crash.Panic, panicIn(string(said)))
	return crash, nil
}

func panicIn(text string) string {
	if found := panicPattern.FindStringSubmatch(plans.Plain(text)); found != nil {
		return found[1]
	}
	return ""
}
