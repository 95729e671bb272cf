package shown_test

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		``: ``, `"a"`: `"a"`, `"R\u0026D \u003cb\u003e"`: `"R&D <b>"`, `"\u003C\u003E"`: `"<>"`,
		`"\\u0026"`: `"\\u0026"`, `"\\\u0026"`: `"\\&"`, `"\u0007\u2028\n"`: `"\u0007\u2028\n"`, `"\u00`: `"\u00`, `\`: `\`,
	} {
		if got := string(shown.Readable([]byte(given))); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
}
