package collector

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// defaultPatience is for how long a sink may fail while the receiver is healthy.
const defaultPatience = 5 * time.Minute

// ends is how the sinks of a receiver are doing. Keeping and delivering are two things: a sink can keep
// what its endpoint does not take.
type ends struct {
	now      func() time.Time
	patience time.Duration

	mu      sync.Mutex
	failing map[string]time.Time // since when, by what fails
	left    map[string]auditcopy.Backlog
}

// kept notes whether a sink kept events.
func (e *ends) kept(sink string, err error) { e.note("write to "+sink, err) }

// delivered notes whether a sink delivered what waited.
func (e *ends) delivered(sink string, left auditcopy.Backlog, err error) {
	e.note("deliver to "+sink, err)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left == nil {
		e.left = map[string]auditcopy.Backlog{}
	}
	e.left[sink] = left
}

func (e *ends) note(what string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, known := e.failing[what]
	switch {
	case err == nil:
		delete(e.failing, what)
	case !known:
		if e.failing == nil {
			e.failing = map[string]time.Time{}
		}
		e.failing[what] = e.now()
	}
}

// trouble says which sinks have been failing for too long, and is empty when none has.
func (e *ends) trouble() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var lines []string
	for what, since := range e.failing {
		if age := e.now().Sub(since); age >= e.patience {
			lines = append(lines, fmt.Sprintf("no success for %s: %s", age.Round(time.Second), what))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// backlogs are what the receivers of the sinks do not have.
func (e *ends) backlogs() []auditcopy.Backlog {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []auditcopy.Backlog
	for _, b := range e.left {
		all = append(all, b)
	}
	return all
}
