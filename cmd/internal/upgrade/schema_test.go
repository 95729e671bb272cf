package upgrade

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "upgrade", "What state upgrade --json prints.", upgradeReport{})
}
