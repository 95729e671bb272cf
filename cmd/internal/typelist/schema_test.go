package typelist

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "types", "What types --json prints.", []entry{})
}
