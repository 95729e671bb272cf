package drifting

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// Nothing and empty are told apart by the provider only, and by nobody's hand.
func TestHollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after shown.Text
		want          bool
	}{
		{"null", "[]", true}, {"[]", "null", true}, {"null", `""`, true}, {"null", "{}", true},
		{"null", "false", false}, {"null", "0", false}, {"[]", `["a"]`, false}, {`""`, `"a"`, false}, {"null", `"a"`, false},
	} {
		if got := hollow(verify.Difference{Before: c.before, After: c.after}); got != c.want {
			t.Errorf("%s to %s: %v", c.before, c.after, got)
		}
	}
}

// Ids of managed objects are shown as addresses, and of long texts what changed.
func TestReadable(t *testing.T) {
	t.Parallel()
	const known, unknown = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	m := &module{names: map[string]string{known: `rootly_team.all["a"]`}, veil: planning.NewVeil()}
	got := m.readable(report.AttributeChange{Before: `["` + known + `","` + unknown + `"]`, After: `"` + known + ` and more"`})
	if got.Before != `["rootly_team.all["a"]","`+unknown+`"]` || got.After != `"`+known+` and more"` || got.Words != nil {
		t.Errorf("%+v", got)
	}
	long := strings.Repeat("all of this stays as it was, ", 10)
	got = m.readable(report.AttributeChange{Before: shown.Text(`"` + long + `old"`), After: shown.Text(`"` + long + `new"`)})
	if n := len(got.Words); n != 3 || got.Words[n-2].Text != "old" || got.Words[n-1].Text != "new" {
		t.Errorf("%+v", got.Words)
	}
}
