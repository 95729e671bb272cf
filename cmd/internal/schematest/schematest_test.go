package schematest

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	Match(t, "version", "What version --json prints.", world.Build{})
	Validate(t, "version", []byte(`{"version": "1.2.3", "edited": false, "go": "go1.26.6"}`))
}
