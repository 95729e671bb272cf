// Package schematest keeps the JSON Schemas of what commands print in step with the types that they print.
//
//	Go type ──► Match ──► schema in .github/docs/schemas, the same or written anew
//	document ──► Validate ──► what the schema does not allow
//
// Not here: printing.
package schematest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// Variable is the environment variable for rewriting the schemas.
const Variable = "ROOTLY_TEST_WRITE_SCHEMAS"

const place = "https://github.com/terraformer-rootly/terraformer-rootly/blob/main/.github/docs/schemas/"

// Match fails unless the schema of a name matches the type of a value.
func Match[T any](t *testing.T, name, description string, value T) {
	t.Helper()
	s := (&jsonschema.Reflector{Anonymous: true}).Reflect(value)
	s.ID, s.Description = jsonschema.ID(place+name+".json"), description
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if os.Getenv(Variable) != "" {
		if err := os.WriteFile(file(t, name), want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file(t, name)); err != nil || !bytes.Equal(have, want) {
		t.Errorf("the schema %s.json is not that of the code (%v); make docs writes it", name, err)
	}
}

// Validate fails unless a document is valid under the schema of a name.
func Validate(t *testing.T, name string, document []byte) {
	t.Helper()
	schema, err := validator.NewCompiler().Compile(file(t, name))
	if err != nil {
		t.Fatal(err)
	}
	value, err := validator.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// file is where the schema of a name is, seen from a package below cmd/internal.
func file(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", ".github", "docs", "schemas", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
