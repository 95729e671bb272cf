// Package roots reads which provider configurations the code of a root module uses.
//
// Not here: evaluating code, which the engines do.
package roots

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

const providerName = "rootly" // also the prefix of its types

// Configurations are the provider configurations of a root module, as far as a plan against a recording has to know
// them.
type Configurations struct {
	// Aliases are those of the Rootly provider that have a name, sorted.
	Aliases []string

	// Of maps resources, data sources and module calls to the configuration that the code names for them, such as
	// rootly.eu. Those with the default configuration of the Rootly provider are not in it.
	Of map[string]string

	// Mixed are the module calls whose code may have blocks of other providers, or configure this one by itself.
	Mixed []string
}

var (
	overrideNames = regexp.MustCompile(`(^|_)override\.(tf|tofu)(\.json)?$`)

	// configurationMention finds provider blocks and arguments, modules, and types of other providers, in both syntaxes.
	// Generated code has none of them but for the file with the provider.
	configurationMention = regexp.MustCompile(`\bproviders?\s*=|(?m:^\s*(?:provider|module)\s+")|"(?:providers?|module)"\s*:|` +
		`\b(?:resource|data)\s+"(?:` + notOurs + `)|"(?:` + notOurs + `)[a-z0-9]*_[a-z0-9_]+"\s*:\s*\{`)
)

// notOurs matches the beginning of a word that does not begin with "rootly_".
const notOurs = `[^r"]|r[^o]|ro[^o]|roo[^t]|root[^l]|rootl[^y]|rootly[^_]`

// Read reads the code of a root module.
func Read(dir string) (Configurations, error) {
	c := Configurations{Of: map[string]string{}}
	bodies, err := Parse(dir, CodeNames, configurationMention)
	if err != nil {
		return c, err
	}
	overrides, err := Parse(dir, overrideNames, configurationMention)
	if err != nil {
		return c, err
	}
	labelled := func(kind string, labels ...string) hcl.BlockHeaderSchema {
		return hcl.BlockHeaderSchema{Type: kind, LabelNames: labels}
	}
	top := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		labelled("provider", "name"), labelled("module", "name"), labelled("resource", "type", "name"), labelled("data", "type", "name"),
	}}
	for _, block := range Blocks(append(bodies, overrides...), top) {
		c.add(block)
		if block.Type == "module" && c.Of["module."+block.Labels[0]] == "" && !plainModule(dir, block) {
			c.Mixed = append(c.Mixed, "module."+block.Labels[0])
		}
	}
	slices.Sort(c.Mixed)
	c.Mixed = slices.Compact(c.Mixed)
	slices.Sort(c.Aliases)
	c.Aliases = slices.Compact(c.Aliases)
	return c, nil
}

func (c *Configurations) add(block *hcl.Block) {
	content, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "alias"}, {Name: "provider"}, {Name: "providers"}}})
	switch block.Type {
	case "provider":
		if a, ok := content.Attributes["alias"]; ok && block.Labels[0] == providerName {
			if name, diags := a.Expr.Value(nil); !diags.HasErrors() && name.Type() == cty.String && !name.IsNull() {
				c.Aliases = append(c.Aliases, name.AsString())
			}
		}
	case "module":
		if a, ok := content.Attributes["providers"]; ok {
			if to := passedOn(a.Expr); to != providerName {
				c.Of["module."+block.Labels[0]] = to
			}
		}
	default:
		address := strings.Join(block.Labels, ".")
		if block.Type == "data" {
			address = "data." + address
		}
		kind, _, _ := strings.Cut(block.Labels[0], "_")
		a, named := content.Attributes["provider"]
		if named {
			kind = configuration(a.Expr)
		}
		switch {
		case kind != providerName && kind != "terraform": // which is part of the engine
			c.Of[address] = kind
		case named:
			delete(c.Of, address) // by an override
		}
	}
}

// plainModule reports whether a module is at hand and has nothing but blocks of the default configuration of the Rootly
// provider.
func plainModule(dir string, call *hcl.Block) bool {
	content, _, _ := call.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "source"}}})
	a, ok := content.Attributes["source"]
	if !ok {
		return true // an override, which is no call by itself
	}
	source, diags := a.Expr.Value(nil)
	if diags.HasErrors() || source.Type() != cty.String || source.IsNull() || !strings.HasPrefix(source.AsString(), ".") {
		return false
	}
	path := filepath.Join(dir, source.AsString())
	bodies, err := Parse(path, CodeNames, configurationMention)
	if err != nil {
		return false
	}
	nested := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "provider", LabelNames: []string{"name"}}, {Type: "module", LabelNames: []string{"name"}}}}
	c, err := Read(path)
	return err == nil && len(c.Of) == 0 && len(Blocks(bodies, nested)) == 0
}

// passedOn is what a module gets as its Rootly provider.
func passedOn(expr hcl.Expression) string {
	pairs, _ := hcl.ExprMap(expr)
	for _, pair := range pairs {
		if hcl.ExprAsKeyword(pair.Key) == providerName {
			return configuration(pair.Value)
		}
		if name, diags := pair.Key.Value(nil); !diags.HasErrors() && name.Type() == cty.String && name.AsString() == providerName {
			return configuration(pair.Value)
		}
	}
	return "another"
}

// configuration is the reference to a configuration, such as rootly.eu.
func configuration(expr hcl.Expression) string {
	traversal, diags := hcl.AbsTraversalForExpr(expr)
	if diags.HasErrors() {
		if text, diags := expr.Value(nil); !diags.HasErrors() && text.Type() == cty.String && !text.IsNull() {
			return text.AsString() // the JSON syntax
		}
		return "another"
	}
	name := traversal.RootName()
	for _, step := range traversal[1:] {
		if a, ok := step.(hcl.TraverseAttr); ok {
			name += "." + a.Name
		}
	}
	return name
}
