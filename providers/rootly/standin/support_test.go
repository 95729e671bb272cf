package standin_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

func server(t *testing.T, o standin.Options) tfprotov6.ProviderServer {
	t.Helper()
	factory, err := standin.New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return factory()
}

func noErrors(t *testing.T, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatalf("%s: %s (%s)", d.Summary, d.Detail, d.Attribute)
		}
	}
}
