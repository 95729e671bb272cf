package hint_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

func TestOf(t *testing.T) {
	t.Parallel()
	base := errors.New("gone")
	inner := hint.With(base, "look")
	for want, err := range map[string]error{
		"":      base,
		"look":  fmt.Errorf("read: %w", inner),
		"outer": hint.With(fmt.Errorf("read: %w", inner), "outer"),
		"first": errors.Join(base, hint.With(base, "first"), inner),
		"under": hint.With(hint.With(base, "under"), ""),
	} {
		if got := hint.Of(err); got != want {
			t.Errorf("%v: hint %q, want %q", err, got, want)
		}
	}
	if !errors.Is(inner, base) || inner.Error() != "gone" {
		t.Errorf("%v is not the error that it wraps", inner)
	}
	if hint.Of(nil) != "" {
		t.Error("no error has a hint")
	}
}
