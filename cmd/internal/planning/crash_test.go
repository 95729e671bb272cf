package planning

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
)

func TestWhyCrashedShowsNoSecret(t *testing.T) {
	t.Parallel()
	const types = "interface conversion: interface {} is string, not *schema.Set"
	for _, test := range []struct {
		name, said, want string
		secrets          []string
	}{
		{"types", types, "the provider crashes on it: " + types, nil},
		{"a known secret", "bad value hunter2x and more", "the provider crashes on it: bad value [secret] and more", []string{"hunter2x"}},
		{"something quoted", `bad value "of \"someone\"" here`, `the provider crashes on it: bad value "..." here`, []string{"hunter2x"}},
		{"secrets unknown", "bad value hunter2x", "the provider crashes on it", nil},
		{"silence", "", "the provider crashes on it", nil},
	} {
		if got := WhyCrashed(&engines.CrashError{Panic: test.said}, test.secrets); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
