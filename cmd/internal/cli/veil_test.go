package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/drifting"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exporter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// secretPlaces are the paths of all secret attributes: those of the catalogue, and those of the schema.
func secretPlaces(t *testing.T) map[string][]string {
	t.Helper()
	s, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	places := map[string][]string{}
	for _, row := range catalogue.Types() {
		places[row.Name] = slices.Clone(row.Secret)
		var walk func(b *schema.Block, path string)
		walk = func(b *schema.Block, path string) {
			for _, a := range b.Attributes {
				if a.Sensitive || a.Type == cty.String && strings.HasSuffix(a.Name, "password") || a.Name == "secret" {
					places[row.Name] = append(places[row.Name], path+a.Name)
				}
			}
			for _, n := range b.Blocks {
				walk(n.Block, path+n.Name+".")
			}
		}
		if r := s.Resources[row.Name]; r != nil {
			walk(r.Block, "")
		}
		if slices.Sort(places[row.Name]); len(places[row.Name]) == 0 {
			delete(places, row.Name)
		}
		places[row.Name] = slices.Compact(places[row.Name])
	}
	maps.DeleteFunc(places, func(_ string, paths []string) bool { return len(paths) == 0 })
	return places
}

// holding is an object with a value at a path of names.
func holding(path string, v cty.Value) cty.Value {
	names := strings.Split(path, ".")
	for i, name := range slices.Backward(names) {
		fields := map[string]cty.Value{name: v, "id": cty.StringVal("1")}
		if v = cty.ObjectVal(fields); i > 0 {
			v = cty.TupleVal([]cty.Value{v})
		}
	}
	return v
}

// shapes are the ways in which a secret can stand somewhere.
func shapes(secret string) map[string]cty.Value {
	text := cty.StringVal
	return map[string]cty.Value{
		"text":        text(secret),
		"long text":   text(strings.Repeat("before ", 60) + secret + strings.Repeat(" after", 60)),
		"JSON":        text(`{"X-Plain": "` + secret + `", "deep": [{"n": ["` + secret + `"]}]}`),
		"broken JSON": text(`{"X-Plain": "` + secret),
		"map":         cty.ObjectVal(map[string]cty.Value{"X-Plain": text(secret)}),
		"typed map":   cty.MapVal(map[string]cty.Value{"X-Plain": text(secret)}),
		"list":        cty.TupleVal([]cty.Value{text("one"), text(secret)}),
		"pairs":       cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"name": text("X-Plain"), "value": text(secret)})}),
		"null":        cty.NullVal(cty.String),
		"unknown":     cty.UnknownVal(cty.String),
	}
}

// TestNoOutputShowsASecret holds that no secret attribute of any type is shown, in any shape, on either side of a
// change, in any form of a report.
func TestNoOutputShowsASecret(t *testing.T) {
	t.Parallel()
	places := secretPlaces(t)
	if len(places) < 6 {
		t.Fatalf("only %d types have secrets", len(places))
	}
	const was, is = "quiet-otter-old-1", "quiet-otter-new-2"
	check := func(typ, path string) {
		for oldShape, before := range shapes(was) {
			for newShape, after := range shapes(is) {
				out := shownIn(t, typ, holding(path, before), holding(path, after))
				if strings.Contains(out, "quiet-otter") {
					t.Errorf("%s.%s, %s to %s:\n%s", typ, path, oldShape, newShape, out)
				}
			}
		}
	}
	for typ, paths := range places {
		for _, path := range paths {
			check(typ, path)
		}
	}
}

// Where attributes are not secret, what is in them can be, and a name on one side covers both.
func TestNoOutputShowsASecretElsewhere(t *testing.T) {
	t.Parallel()
	text := cty.StringVal
	pair := func(name, value string) cty.Value {
		return holding("settings", cty.ObjectVal(map[string]cty.Value{"name": text(name), "value": text(value)}))
	}
	const was, is = "quietotterone1", "quietottertwo2"
	for what, sides := range map[string][2]cty.Value{
		"URL":                {holding("website_url", text("https://me:"+was+"@example.com/a")), holding("website_url", text("https://me:"+is+"@example.com/b"))},
		"name on one side":   {pair("plain", was), pair("api_token", is)},
		"name on other side": {pair("api_token", was), pair("plain", is)},
		"below a name":       {holding("password.inner.value", text(was)), holding("password.inner.value", text(is))},
		"JSON elsewhere":     {holding("description", text(`{"password": "`+was+`"}`)), holding("description", text(`{"password": "`+is+`"}`))},
		"number":             {holding("pin_secret", cty.NumberIntVal(1)), holding("pin_secret", text(is))},
		"said again in a text": {
			cty.ObjectVal(map[string]cty.Value{"a": text("use " + was), "z_token": text(was)}),
			cty.ObjectVal(map[string]cty.Value{"a": text("use " + is), "z_token": text(is)}),
		},
		"map key": {holding("labels", cty.ObjectVal(map[string]cty.Value{"password=" + was: text("a")})), holding("labels", cty.ObjectVal(map[string]cty.Value{"password=" + is: text("b")}))},
	} {
		if out := shownIn(t, "rootly_status_page", sides[0], sides[1]); strings.Contains(out, "quietotter") {
			t.Errorf("%s:\n%s", what, out)
		}
	}
}

// shownIn is what every report says of a change.
func shownIn(t *testing.T, typ string, before, after cty.Value) string {
	t.Helper()
	change := plans.Change{Address: typ + ".a", Type: typ, ID: "1", Action: plans.Update, Before: before, After: after}
	result := &engines.Result{Plan: plans.Plan{Changes: []plans.Change{change}, Drift: []plans.Change{change}, Diagnostics: []plans.Diagnostic{{
		Severity: "error", Summary: "Invalid value", Address: typ + ".a", Detail: "has " + fmt.Sprint(planning.TextsOf(before), planning.TextsOf(after)),
	}}}}
	veil := planning.NewVeil()
	planning.VeilResult(veil, result)
	var b bytes.Buffer
	s := &report.Summary{Command: "verify"}
	planning.Note(&s.Proof, veil, result, verify.Judge(&result.Plan, verify.Expect{Show: veil.Show}))
	c := report.Changes{Changes: drifting.Reported(&result.Plan, veil, func(string, string) bool { return false })}
	diff := &drift.Diff{Changes: []drift.Change{{Kind: drift.Changed, Before: drift.Object{Type: typ, Values: before}, After: drift.Object{Type: typ, Values: after}}}}
	if before.IsWhollyKnown() && after.IsWhollyKnown() {
		for name := range before.Type().AttributeTypes() {
			a := drift.Attribute{Path: cty.GetAttrPath(name), Before: before.GetAttr(name)}
			if after.Type().HasAttribute(name) {
				a.After = after.GetAttr(name)
			}
			diff.Changes[0].Attributes = append(diff.Changes[0].Attributes, a)
		}
		c.Changes = append(c.Changes, exporter.Reported(diff, "a", "b").Changes...)
	}
	for _, format := range []string{"text", "json", "markdown"} {
		to := report.New(report.Options{Out: &b, Err: &b, Format: format})
		if err := errors.Join(to.Summary(s), to.Changes(c)); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// TestErrorsQuoteNoSecret holds that what an engine quotes in an error is masked where it speaks of a secret.
func TestErrorsQuoteNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"secrets.auto.tfvars": "any_name = \"quietotter1\"\n",
		"terraform.tfvars":    "api_token = \"quietotter2\"\nmarked = \"quietotter3\"\nplain = \"walrus\"\n",
		"main.tf":             "variable \"marked\" {\n  sensitive = true\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	veil := planning.NewVeil()
	planning.LearnVariables(veil, dir, nil, []string{"TF_VAR_marked=quietotter4", "TF_VAR_plain=walrus"})
	for _, d := range []plans.Diagnostic{
		{Summary: "Invalid value for variable", Detail: "one of quietotter1, quietotter2, quietotter3 or quietotter4"},
		{Summary: `expected authentication_password to be at least 9 long, got quietotter5`, Address: "rootly_status_page.a"},
		{Summary: "Provider produced inconsistent result", Detail: `.custom_headers[0].value: was cty.StringVal("quietotter6"), but now cty.StringVal("quietotter7").`, Address: "rootly_webhooks_endpoint.a"},
		{Summary: "Invalid value", Detail: "invalid value for secret (quietotter8)\nand 'quietotter9'", Address: "module.a.rootly_alerts_source.a[0]"},
	} {
		list := []plans.Diagnostic{d}
		planning.VeilDiagnostics(veil, list)
		if said := list[0].String(); strings.Contains(said, "quietotter") {
			t.Errorf("%s", said)
		}
	}
	plain := []plans.Diagnostic{{Summary: "Unsupported argument", Detail: `An argument named "nam" is not expected here. Did you mean "name" (walrus)?`}}
	planning.VeilDiagnostics(veil, plain)
	if got := plain[0].Detail; got != `An argument named "nam" is not expected here. Did you mean "name" (walrus)?` {
		t.Errorf("an error without a secret: %s", got)
	}
}
