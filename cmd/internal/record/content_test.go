package record

import "testing"

// A branch is called what somebody called it: nothing of that is markup, a link or a mention.
func TestNamesOfRunsAreNoMarkdown(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://ci.example/7?a=b_c": "https://ci.example/7?a=b_c",
		"[x](https://evil.invalid)":  `\[x\](https://evil.invalid)`,
		"https://ci/7 <!channel>":    "https://ci/7 &lt;!channel&gt;",
		"@channel":                   "&#64;\u200bchannel",
		"a\n# b":                     `a \# b`,
	} {
		if got := told(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
