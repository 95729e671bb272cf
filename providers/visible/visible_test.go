package visible_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

func TestJSONSaysTheSame(t *testing.T) {
	t.Parallel()
	for _, r := range "\u0085\u009b\u007f\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ufeff" {
		text, err := json.Marshal(map[string]any{"a" + string(r): []string{"b", string(r) + "c"}})
		if err != nil {
			t.Fatal(err)
		}
		safe := visible.JSON("\n\t" + string(text))
		var was, is any
		if json.Unmarshal(text, &was) != nil || json.Unmarshal([]byte(safe), &is) != nil || !reflect.DeepEqual(was, is) {
			t.Errorf("%U: %q says something else than %q", r, safe, text)
		}
		if strings.ContainsRune(safe, r) || !visible.Harmful(r) {
			t.Errorf("%U stays in %q", r, safe)
		}
	}
	if plain := "{\n\t\"a\": \"häß 日本 🎉\"}"; visible.JSON(plain) != plain {
		t.Error("ordinary text was changed")
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	const given = "-\told\r\n+\x1b[31mnew\u202e\u009b\ufeff häß 日本 🎉\n"
	if got := visible.Lines(given); got != "-\told\n+[31mnew häß 日本 🎉\n" {
		t.Errorf("%q", got)
	}
}
