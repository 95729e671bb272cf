package cli

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
)

// Nothing and empty are told apart by the provider only, and by nobody's hand.
func TestHollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after string
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
