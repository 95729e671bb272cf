package strict_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

type note struct {
	Version int             `json:"version"`
	Names   []string        `json:"names"`
	Any     json.RawMessage `json:"any"`
}

func bad() []string {
	return []string{
		``, ` `, `{`, `}`, `[`, `nul`, `{"version":1}{}`, `{"version":1} x`, `{"version":"1"}`, `{"version":1.5}`, `{"version":1e400}`, `{"version":99999999999999999999}`,
		`{"names":{}}`, `{"names":[1]}`, `{"version":1,"version":2}`, `{"any":{"a":1,"a":1}}`, `{"any":1e999999999}`, `{"any":1e-99999}`,
		`{"any":` + strings.Repeat("9", 5000) + `}`, strings.Repeat("[", 1<<20), `{"any":` + strings.Repeat(`{"a":`, 70) + `1` + strings.Repeat(`}`, 70) + `}`,
		"{\"version\":1,\x00}", "\xef\xbb\xbf{}", `[]`, `"text"`, `7`,
	}
}

func TestWhatNobodyWritesIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range bad() {
		if v, err := strict.Decode[note]([]byte(text)); err == nil {
			t.Errorf("%.60q was read as %+v", text, v)
		}
	}
	v, err := strict.Decode[note]([]byte(`{"version":1,"names":["a","a"],"any":{"a":{"a":1e300},"b":[-0.5]},"later":true}` + "\n"))
	if err != nil || v.Version != 1 || len(v.Names) != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range bad() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := strict.Decode[note](text); err == nil && !json.Valid(text) {
			t.Errorf("%q is no JSON", text)
		}
	})
}
