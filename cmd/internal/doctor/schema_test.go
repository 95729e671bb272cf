package doctor

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "doctor", "What doctor --json prints.", examination{})
	schematest.Match(t, "assumptions", "What doctor --assumptions --json prints.", trial{})
}
