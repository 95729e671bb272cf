package audit_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// marked writes a diff on one line.
func marked(parts []audit.Part) string {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.Was && p.Is:
			b.WriteString(p.Text)
		case p.Was:
			b.WriteString("[-" + p.Text + "-]")
		default:
			b.WriteString("{+" + p.Text + "+}")
		}
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""},
		{"same text", "same text", "same text"},
		{"", "new", "{+new+}"},
		{"gone", "", "[-gone-]"},
		{"page after five minutes", "page after fifteen minutes", "page after [-five-]{+fifteen+} minutes"},
		{"a b c", "a c", "a [-b -]c"},
		{"a c", "a b c", "a {+b +}c"},
		{"naïve café", "naïve bar", "naïve [-café-]{+bar+}"},
		{"x_1, x_2", "x_1; x_2", "x_1[-,-]{+;+} x_2"},
		{"aaa", "aaaa", "[-aaa-]{+aaaa+}"},
	} {
		if got := marked(audit.Diff(c.before, c.after)); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

func TestDiffOfLongTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("one two three ", 20_000)
	within, done := context.WithTimeout(t.Context(), 20*time.Second)
	defer done()
	got := audit.Diff(long+"x "+long, long+"y "+long)
	if want := []audit.Part{{Text: long, Was: true, Is: true}, {Text: "x", Was: true}, {Text: "y", Is: true}, {Text: " " + long, Was: true, Is: true}}; !cmp.Equal(got, want) {
		t.Errorf("%d parts of a text in which one word changed", len(got))
	}
	whole := audit.Diff(long, strings.ReplaceAll(long, "two", "four"))
	if len(whole) > 4 {
		t.Errorf("%d parts: too much was compared", len(whole))
	}
	if within.Err() != nil {
		t.Error("it took more than 20 seconds")
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a b c", "a x c")
	f.Add("\xff a", "é\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		var was, is strings.Builder
		for _, p := range audit.Diff(before, after) {
			if p.Was {
				was.WriteString(p.Text)
			}
			if p.Is {
				is.WriteString(p.Text)
			}
			if !p.Was && !p.Is || p.Text == "" {
				t.Errorf("an empty part %+v", p)
			}
		}
		if was.String() != before || is.String() != after {
			t.Errorf("%q → %q came out as %q → %q", before, after, was.String(), is.String())
		}
	})
}
