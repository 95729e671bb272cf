package report

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/schematest"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	schematest.Match(t, "summary", "What import, export and verify print with --json.", Summary{})
	schematest.Match(t, "changes", "What diff and drift print with --json.", Changes{})
	schematest.Match(t, "status", "What status --json prints.", Status{})
}
