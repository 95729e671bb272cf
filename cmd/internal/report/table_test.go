package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Tables of types, of the status and of counts fit every terminal, and their words stay whole.
func TestTablesFitTerminals(t *testing.T) {
	t.Parallel()
	const address, remarks = "rootly_custom_field_option_with_a_long_name_of_its_own", "superseded by another type if the organisation has it; deprecated by the provider"
	var counts []Count
	for i := range 5 {
		counts = append(counts, Count{By: "item", Value: fmt.Sprintf("Integrations::GoogleMeetAccount %d of the team on duty tonight", i), Events: 12345 * (i + 1)})
	}
	for _, width := range []int{80, 120, 200} {
		for name, print := range map[string]func(h Handler) error{
			"types": func(h Handler) error {
				return h.Result(Result{Head: []string{"type", "parent", "listed at", "by default", "remarks"}, Spare: []string{"listed at", "parent", "by default"},
					Rows: [][]string{{address, "rootly_custom_field", "/v1/custom_fields/{custom_field_id}/options", "yes", remarks}}})
			},
			"status": func(h Handler) error {
				return h.Status(&Status{Types: []StatusCount{{Type: address, Managed: 12345, Unmanaged: 1234, Missing: 12, Percent: 90.9}}})
			},
			"counts": func(h Handler) error { return h.Counts(counts, 0) },
		} {
			var out bytes.Buffer
			if err := print(screen{width: width}.handler(&out, Options{})); err != nil {
				t.Fatal(err)
			}
			fits(t, name, out.String(), width, strings.Fields(address+" "+remarks+" "+counts[0].Value))
		}
	}
}

// fits holds that no line is wider than the terminal, and that what is cut ends behind one of the words.
func fits(t *testing.T, name, text string, width int, words []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if columns(line) > width {
			t.Errorf("%s at %d has %d columns: %s", name, width, columns(line), line)
		}
		for _, word := range strings.Fields(line) {
			if before, cut := strings.CutSuffix(word, ellipsis); cut && !slices.Contains(words, before) {
				t.Errorf("%s at %d breaks a word: %s", name, width, line)
			}
		}
	}
}
