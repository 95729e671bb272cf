package imports

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

var (
	codeName     = regexp.MustCompile(`\.(tf|tofu)(\.json)?$`)
	overrideName = regexp.MustCompile(`(^|_)override\.(tf|tofu)(\.json)?$`)
	autoName     = regexp.MustCompile(`\.auto\.tfvars(\.json)?$`)
)

const environPrefix = "TF_VAR_"

// A module is the code of a directory, files that override others last.
type module struct {
	names   []string // of everything in the directory, sorted
	files   []file
	unknown bool // whether values from outside the code may set variables
}

type file struct {
	name string
	body hcl.Body
}

func open(dir string) (*module, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the code: %w", err)
	}
	m := &module{}
	for _, e := range entries {
		if !e.IsDir() {
			m.names = append(m.names, e.Name())
		}
	}
	for _, overrides := range []bool{false, true} {
		for _, name := range m.names {
			if !codeName.MatchString(name) || overrideName.MatchString(name) != overrides {
				continue
			}
			body, err := parse(dir, name)
			if err != nil {
				return nil, err
			}
			if body != nil {
				m.files = append(m.files, file{name, body})
			}
		}
	}
	return m, nil
}

// parse reads one file; nil if it cannot be parsed.
func parse(dir, name string) (hcl.Body, error) {
	src, err := disk.ReadFile(filepath.Join(dir, name), disk.MostCode)
	if err != nil {
		return nil, fmt.Errorf("read the code: %w", err)
	}
	p := hclparse.NewParser()
	read := p.ParseHCL
	if strings.HasSuffix(name, ".json") {
		read = p.ParseJSON
	}
	f, diags := read(src, name)
	if f == nil || diags.HasErrors() {
		return nil, nil
	}
	return f.Body, nil
}

func blocksOf(body hcl.Body, kind string, labels ...string) []*hcl.Block {
	content, _, _ := body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: kind, LabelNames: labels}}})
	return content.Blocks
}

// A declared variable is the code's declaration of a variable.
type declared struct {
	text  bool           // whether a value from the environment is used as text
	typ   hcl.Expression // nil without one
	value cty.Value      // the default; unknown without one
}

// variables are the values of all declared variables, unknown if nobody sets one.
func (m *module) variables(given map[string]given) map[string]cty.Value {
	known := map[string]declared{}
	for _, f := range m.files {
		for _, b := range blocksOf(f.body, "variable", "name") {
			d, seen := known[b.Labels[0]]
			if !seen {
				d = declared{text: true, value: cty.DynamicVal}
			}
			attributes, _ := b.Body.JustAttributes()
			if a := attributes["type"]; a != nil {
				d.typ = a.Expr
				d.text = slices.Contains([]string{"string", "number", "bool"}, typeName(a.Expr))
			}
			if a := attributes["default"]; a != nil {
				d.value = constant(a.Expr)
			}
			known[b.Labels[0]] = d
		}
	}
	values := map[string]cty.Value{}
	for name, d := range known {
		g, ok := given[name]
		switch {
		case m.unknown:
			values[name] = cty.DynamicVal
		case !ok:
			values[name] = d.value
		case g.environ && !d.text:
			values[name] = expression(g.text)
		case g.environ:
			values[name] = cty.StringVal(g.text)
		default:
			values[name] = g.value
		}
		values[name] = d.convert(values[name])
	}
	return values
}

// convert gives a value the type of its variable: a list of texts may become a set.
func (d declared) convert(v cty.Value) cty.Value {
	if d.typ == nil {
		return v
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(d.typ)
	if diags.HasErrors() {
		return v // the types of old code are texts
	}
	if defaults != nil && v.IsKnown() {
		v = defaults.Apply(v)
	}
	converted, err := convert.Convert(v, typ)
	if err != nil {
		return cty.DynamicVal
	}
	return converted
}

func typeName(e hcl.Expression) string {
	if word := hcl.ExprAsKeyword(e); word != "" {
		return word
	}
	if v, diags := e.Value(nil); !diags.HasErrors() && v.Type() == cty.String {
		return v.AsString()
	}
	return ""
}

// constant is the value of an expression without references; otherwise unknown.
func constant(e hcl.Expression) cty.Value {
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

func expression(text string) cty.Value {
	e, diags := hclsyntax.ParseExpression([]byte(text), "value", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return constant(e)
}

// given is a value for a variable: a text of the environment, or a value of a file.
type given struct {
	environ bool
	text    string
	value   cty.Value
}

// values are those of the environment, then those of the files that the engines read by themselves, then those of more
// files. Later ones take precedence.
func (m *module) values(dir string, environ, more []string) (map[string]given, error) {
	values := map[string]given{}
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if variable, ok := strings.CutPrefix(name, environPrefix); ok {
			values[variable] = given{environ: true, text: text}
		}
		if (name == "TF_CLI_ARGS" || name == "TF_CLI_ARGS_plan") && strings.Contains(text, "-var") {
			m.unknown = true
		}
	}
	names := []string{"terraform.tfvars", "terraform.tfvars.json"}
	for _, name := range m.names {
		if autoName.MatchString(name) {
			names = append(names, name)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(m.names, name) })
	for i, path := range slices.Concat(names, more) {
		if i < len(names) {
			path = filepath.Join(dir, path)
		}
		body, err := parse(filepath.Split(path))
		if err != nil {
			return nil, err
		}
		if body == nil {
			m.unknown = true
			continue
		}
		attributes, _ := body.JustAttributes()
		for name, a := range attributes {
			values[name] = given{value: constant(a.Expr)}
		}
	}
	return values, nil
}

// evaluated opens a directory, with what expressions of the module can refer to, as far as it is known here.
func evaluated(dir string, environ, more []string) (*module, *hcl.EvalContext, error) {
	m, err := open(dir)
	if err != nil {
		return nil, nil, err
	}
	values, err := m.values(dir, environ, more)
	if err != nil {
		return nil, nil, err
	}
	scope := &hcl.EvalContext{Functions: functions(), Variables: map[string]cty.Value{"var": cty.ObjectVal(m.variables(values))}}
	m.locals(scope)
	return m, scope, nil
}

// locals puts the local values into a scope. Those that depend on unknown values are unknown.
func (m *module) locals(scope *hcl.EvalContext) {
	expressions, known := map[string]hcl.Expression{}, map[string]cty.Value{}
	for _, f := range m.files {
		for _, b := range blocksOf(f.body, "locals") {
			attributes, _ := b.Body.JustAttributes()
			for name, a := range attributes {
				expressions[name], known[name] = a.Expr, cty.DynamicVal
			}
		}
	}
	for again := true; again; {
		again = false
		scope.Variables["local"] = cty.ObjectVal(known)
		for name, e := range expressions {
			v, diags := e.Value(scope)
			if !diags.HasErrors() && v.IsWhollyKnown() {
				known[name], again = v, true
				delete(expressions, name)
			}
		}
	}
	for name, e := range expressions { // the part of them that is known
		if v, diags := e.Value(scope); !diags.HasErrors() {
			known[name] = v
		}
	}
	scope.Variables["local"] = cty.ObjectVal(known)
}
