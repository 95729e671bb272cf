package exit

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestHintOf(t *testing.T) {
	t.Parallel()
	plain := errors.New("disk full")
	stopped := fmt.Errorf("move in: %w", context.Canceled)
	const startOver, rest = "nothing was written; run the command again to start over", "run the command again: it writes the rest"
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no hint":                           {plain, ""},
		"hint":                              {WithHint(plain, "free some space"), "free some space"},
		"wrapped":                           {fmt.Errorf("import: %w", Usage(plain, "use -o")), "use -o"},
		"one of several":                    {errors.Join(plain, WithHint(plain, "free some space")), "free some space"},
		"interrupted":                       {stopped, startOver},
		"interrupted, with another hint":    {WithHint(stopped, "check the path"), startOver},
		"failed after a part was written":   {Begun(plain, rest), rest},
		"interrupted after a part":          {Begun(stopped, rest), rest},
		"interrupted after a part, wrapped": {fmt.Errorf("import: %w", Begun(stopped, rest)), rest},
	} {
		if got := HintOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
