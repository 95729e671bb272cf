package auditview

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// lateLog has an event that turned up after newer ones.
type lateLog []audit.Event

func (l lateLog) Events(context.Context, audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for _, e := range l {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestLateEventsAreFound(t *testing.T) {
	t.Parallel()
	var log lateLog
	for i := range patience {
		log = append(log, audit.Event{ID: fmt.Sprint(patience - i)})
	}
	log = append(log, audit.Event{ID: "5000"})
	if e, err := findEvent(t.Context(), log, audit.Filter{}, "5000"); err != nil || e.ID != "5000" {
		t.Errorf("%v %v", e, err)
	}
	if _, err := findEvent(t.Context(), append(lateLog{{ID: "0"}}, log...), audit.Filter{}, "5000"); hint.Of(err) == "" {
		t.Errorf("an event behind more than %d older ones was found: %v", patience, err)
	}
}

// Whatever a source gives, only what was asked for comes out, and no credential.
func TestWantedFiltersAndRedacts(t *testing.T) {
	t.Parallel()
	log := lateLog{
		{ID: "1", ItemType: "Group"},
		{ID: "2", ItemType: "Secret", Changes: []audit.Change{{Field: "secret", Before: json.RawMessage("null"), After: json.RawMessage(`"s3cr3t"`)}}},
	}
	var got []string
	for e, err := range wanted(log.Events(t.Context(), audit.Filter{}), audit.Filter{ItemTypes: []string{"Secret"}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.ID+" "+string(e.Changes[0].After))
	}
	if diff := cmp.Diff([]string{`2 "[REDACTED]"`}, got); diff != "" {
		t.Error(diff)
	}
}
