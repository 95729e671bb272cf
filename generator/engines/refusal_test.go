package engines

import (
	"errors"
	"strings"
	"testing"
)

// An engine that cannot read its settings file goes on without, and then finds no mirror: what is to be
// mended is the file.
func TestSettingsFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const unreachable = "\nError: Failed to query available provider packages\n\nCould not retrieve the list of available versions\n"
	s := &Session{job: Job{Engine: Engine{Name: tofu}}}
	for text, want := range map[string]string{
		"": "let this machine reach the registry",
		"There are some problems with the CLI configuration:\n\nError: Error parsing /rc: At 1:10: object expected closing RBRACE\n": "fix that settings file",
	} {
		var unavailable *UnavailableError
		if err := s.initError(errors.New(text + unreachable)); !errors.As(err, &unavailable) || !strings.HasPrefix(unavailable.Hint(), want) {
			t.Errorf("after %q: %v, hint %v, want %q", text, err, unavailable, want)
		}
	}
}
