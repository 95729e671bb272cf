package plans

import (
	"strings"
	"testing"
)

func TestDecodeRefusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":         ``,
		"torn":          `{"format_version": "1.2", "resource_changes": [{"address": "a`,
		"torn in skip":  `{"format_version": "1.2", "configuration": {"a": [`,
		"no version":    `{"errored": false}`,
		"newer version": `{"format_version": "2.0"}`,
		"other shape":   `{"format_version": "1.2", "resource_changes": {}}`,
		"array":         `[]`,
		"null":          `null`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if plan, err := Decode(strings.NewReader(text)); err == nil {
				t.Errorf("read as %+v", plan)
			}
		})
	}
}
