package secret

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestRulesAreUsable(t *testing.T) {
	t.Parallel()
	b := book()
	if b.err != nil {
		t.Fatal(b.err)
	}
	if len(b.rules) < 200 {
		t.Errorf("only %d rules", len(b.rules))
	}
	assigns := 0
	for _, r := range b.rules {
		if len(r.Keywords) == 0 || r.ID == "" {
			t.Errorf("rule %q has no keyword", r.ID)
		}
		if r.at == nil {
			r.compiled()
		}
		for i := range r.Allow {
			r.Allow[i].compiled()
		}
		if r.assigns {
			assigns++
		}
	}
	b.allow.compiled()
	if assigns < 80 {
		t.Errorf("the short cut for assignments only knows %d rules", assigns)
	}
}

// TestShortCutsLoseNothing compares the search around keywords with the pattern on the whole text.
func TestShortCutsLoseNothing(t *testing.T) {
	t.Parallel()
	b := book()
	tried := 0
	for i, r := range b.rules {
		if !r.assigns {
			continue
		}
		for _, text := range assignments(r.Keywords) {
			if len(b.match(nil, b.rules[i], text, 0, len(text))) == 0 {
				continue
			}
			tried++
			if !hasRule(scan(text, false), r.ID) {
				t.Errorf("%s: %q is lost", r.ID, text)
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d texts matched any rule", tried)
	}
}

// assignments are texts that give values of many forms to the keywords.
func assignments(keywords []string) []string {
	const hex = "0f3a9c71d2e84b56"
	const mixed = "qZ7vK2mXw9LpR4tB"
	var values []string
	for _, n := range []int{16, 20, 24, 32, 40, 44, 64, 128} {
		values = append(values, strings.Repeat(hex, 8)[:n], strings.Repeat(mixed, 8)[:n], strings.ToLower(strings.Repeat(mixed, 8)[:n]))
	}
	values = append(values, "0f3a9c71-d2e8-4b56-9c71-0f3a9c71d2e8")
	forms := []string{`KEY_token = "VAL"`, `{"KEY": "VAL"}`, `KEY.api.key => 'VAL'`, "x: 1\nmy-KEY-secret:VAL\n", `KEY access || "VAL"`, `KEY="VAL`, `KEY token :=   'VAL'`}
	var all []string
	for _, k := range keywords {
		for _, form := range forms {
			for _, v := range values {
				all = append(all, strings.NewReplacer("KEY", k, "VAL", v).Replace(form))
			}
		}
	}
	return all
}

func hasRule(found []Finding, id string) bool {
	for _, f := range found {
		if f.Rule == id {
			return true
		}
	}
	return false
}

// TestWorstText holds that even a text of nothing but keywords and tokens is read in bearable time.
func TestWorstText(t *testing.T) {
	t.Parallel()
	var unit strings.Builder
	for _, r := range book().rules {
		for _, w := range r.Keywords {
			unit.WriteString(w + `_key = "qZ7vK2mXw9LpR4tBqZ7vK2mXw9LpR4tB" `)
		}
	}
	text := strings.Repeat(unit.String(), 1+20_000/unit.Len())[:20_000]
	within, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	found := scan(text, false)
	if within.Err() != nil {
		t.Errorf("%d bytes took more than 10 seconds", len(text))
	}
	if len(found) == 0 {
		t.Error("nothing found")
	}
}

func TestKeywords(t *testing.T) {
	t.Parallel()
	k := newKeywords([]string{"he", "she", "hers", "e"})
	got := map[int]int{}
	for _, h := range k.scan(nil, "uSHErs, ushe") {
		got[h.word]++
	}
	want := map[int]int{0: 2, 1: 2, 2: 1, 3: 2}
	for w, n := range want {
		if got[w] != n {
			t.Errorf("word %d found %d times, want %d", w, got[w], n)
		}
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]class{
		"client_secret": classCritical, "clientSecret": classCritical, "CLIENT-SECRET": classCritical,
		"X-API-Key": classCritical, "apikey": classCritical, "token2": classCritical, "APIToken": classCritical,
		"auth": classHint, "key": classHint, "secret_name": classHint, "token_url": classHint,
		"project_key": classPlain, "name": classPlain, "": classPlain, "keyboard": classPlain, "author": classPlain,
	} {
		if got := classify(name); got != want {
			t.Errorf("%q: class %d, want %d", name, got, want)
		}
	}
}
