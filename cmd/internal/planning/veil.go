package planning

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// SecretsName is the file with the values of secret variables.
const SecretsName = rewrite.SecretsFile

// NewVeil makes what masks every value that a command shows.
func NewVeil() *secret.Veil {
	return secret.NewVeil(secret.Options{Secret: SecretPathsOf, Suspect: SuspectPathsOf})
}

// LearnVariables lets a veil see the values of a directory's secret variables, which errors of an
// engine may quote: those of the file for secrets, those that are declared as sensitive, and those
// that are called like a credential.
func LearnVariables(veil *secret.Veil, dir string, varFiles, environ []string) {
	sensitive := sensitiveVariables(dir)
	learn := func(file, name string, v cty.Value) {
		for text := range TextsOf(v) {
			if _, hidden := veil.Text("", []string{name}, text); !hidden && (sensitive[name] || file == SecretsName) {
				veil.Remember(text)
			}
		}
	}
	for _, pattern := range []string{"terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is right
		varFiles = append(slices.Clip(varFiles), found...)
	}
	for _, path := range varFiles {
		attributes, _ := parsedHCL(path).JustAttributes()
		for name, a := range attributes {
			if v, diags := a.Expr.Value(nil); !diags.HasErrors() {
				learn(filepath.Base(path), name, v)
			}
		}
	}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, "TF_VAR_") {
			learn("", strings.TrimPrefix(name, "TF_VAR_"), cty.StringVal(value))
		}
	}
}

var sensitiveMention = regexp.MustCompile("sensitive")

// sensitiveVariables are the names of the variables that the code of a directory declares as sensitive.
func sensitiveVariables(dir string) map[string]bool {
	names := map[string]bool{}
	bodies, err := roots.Parse(dir, roots.CodeNames, sensitiveMention)
	if err != nil { // for the engine to report
		paths, _ := roots.Files(dir, roots.CodeNames)
		bodies = roots.ParseFiles(dir, paths)
	}
	for _, b := range roots.Blocks(bodies, &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "variable", LabelNames: []string{"name"}}}}) {
		inside, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "sensitive"}}})
		if a := inside.Attributes["sensitive"]; a != nil {
			v, diags := a.Expr.Value(nil)
			names[b.Labels[0]] = diags.HasErrors() || !v.RawEquals(cty.False)
		}
	}
	return names
}

// parsedHCL reads a file as far as it can be read: what is wrong with it is for the engine to say.
func parsedHCL(path string) hcl.Body {
	content, err := os.ReadFile(path)
	if err != nil {
		return hcl.EmptyBody()
	}
	parse := hclparse.NewParser().ParseHCL
	if strings.HasSuffix(path, ".json") {
		parse = hclparse.NewParser().ParseJSON
	}
	if file, _ := parse(content, path); file != nil {
		return file.Body
	}
	return hcl.EmptyBody()
}

// TextsOf are the texts in a value.
func TextsOf(v cty.Value) map[string]bool {
	texts := map[string]bool{}
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			texts[v.AsString()] = true
		}
		return true, nil
	})
	return texts
}

// VeilResult masks what the engine says of a plan, once all that is secret in it is known.
func VeilResult(veil *secret.Veil, result *engines.Result) {
	for _, c := range slices.Concat(result.Drift, result.Changes) {
		veil.Learn(c.Type, c.Before, c.After)
		for _, p := range c.Sensitive {
			rememberAt(veil, p, c.Before)
			rememberAt(veil, p, c.After)
		}
	}
	VeilDiagnostics(veil, result.Diagnostics)
	for i, text := range result.Checks {
		result.Checks[i] = string(veil.Prose("", text))
	}
}

// rememberAt lets a veil see what a plan marks as sensitive.
func rememberAt(veil *secret.Veil, path cty.Path, object cty.Value) {
	if object == cty.NilVal {
		return
	}
	if v, err := path.Apply(object); err == nil {
		veil.Remember(slices.Collect(maps.Keys(TextsOf(v)))...)
	}
}

// veilError masks what the engine says of code that it cannot plan.
func veilError(veil *secret.Veil, err error) {
	var refused *engines.RefusedError
	if errors.As(err, &refused) {
		VeilDiagnostics(veil, refused.Diagnostics)
	}
}

// VeilDiagnostics masks what the engine reported.
func VeilDiagnostics(veil *secret.Veil, list []plans.Diagnostic) {
	for i := range list {
		d := &list[i]
		at, _ := tfstate.ParseAddress(d.Address)
		whole := veil.Prose(at.Address.Type, d.Summary+"\x00"+d.Detail)
		summary, detail, split := strings.Cut(string(whole), "\x00")
		if !split { // a quotation that reaches from one into the other
			summary, detail = "an error that quotes a secret", ""
		}
		d.Summary, d.Detail = cmp.Or(summary, d.Summary), detail
	}
}

// SecretPathsOf are the attributes of a type that hold secrets.
func SecretPathsOf(resourceType string) []string {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Secret
	}
	return nil
}

// SuspectPathsOf are the attributes of a type that may hold secrets.
func SuspectPathsOf(resourceType string) []string {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Suspect
	}
	return nil
}
