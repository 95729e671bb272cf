package lint

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "lint", "What lint --format json prints.", resultV1{})
}
