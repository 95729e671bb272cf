// Package roots reads which provider configurations the code of a root module uses.
//
// Not here: evaluating code, which the engines do.
package roots

import (
	"bytes"
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Provider is the default configuration of the Rootly provider; those with an alias are called such as rootly.eu. It is
// also the prefix of the provider's types.
const Provider = "rootly"

// Configurations are the provider configurations of a root module, as far as generated code and a plan against a recording
// have to know them. Whatever the code calls the Rootly provider, here it is [Provider].
type Configurations struct {
	// Local is what the code calls the Rootly provider.
	Local string

	// Default says that the code has a provider block without an alias, and Aliases are those of the others, sorted.
	Default bool
	Aliases []string

	// Of maps resources, data sources and module calls to the configuration that the code names for them, such as
	// rootly.eu. Resources and data sources with the default configuration of the Rootly provider are not in it.
	Of map[string]string

	// Mixed are the module calls whose code may have blocks of other providers, or configure this one by itself.
	Mixed []string
}

// Names are the configurations of the Rootly provider that the code has.
func (c *Configurations) Names() []string {
	var names []string
	if c.Default {
		names = append(names, Provider)
	}
	for _, alias := range c.Aliases {
		names = append(names, Provider+"."+alias)
	}
	return names
}

// Written is how code of the root module refers to a configuration.
func (c *Configurations) Written(name string) string {
	return c.Local + strings.TrimPrefix(name, Provider)
}

// configurationMentions find provider blocks and arguments, modules, and types of other providers. Generated code has none
// of them but for the file with the provider.
var configurationMentions = []*regexp.Regexp{
	regexp.MustCompile(`required_providers`),
	regexp.MustCompile(`providers?(?:\s*=|\s+"|"\s*:)`),
	regexp.MustCompile(`module(?:\s+"|"\s*:)`),
	regexp.MustCompile(`resource\s+"(?:` + notOurs + `)`),
	regexp.MustCompile(`data\s+"(?:` + notOurs + `)`),
	regexp.MustCompile(`\A\s*\{[\s\S]*"(?:` + notOurs + `)[a-z0-9]*_[a-z0-9_]+"\s*:\s*\{`), // as JSON
}

// Configures reports whether code may have a say in which providers are needed or how they are configured, beyond blocks
// of the Rootly provider.
func Configures(src []byte) bool {
	return bytes.Contains(src, []byte("terraform")) ||
		slices.ContainsFunc(configurationMentions, func(m *regexp.Regexp) bool { return m.Match(src) })
}

// notOurs matches the beginning of a word that does not begin with "rootly_".
const notOurs = `[^r"]|r[^o]|ro[^o]|roo[^t]|root[^l]|rootl[^y]|rootly[^_]`

// Read reads the code of a root module.
func Read(dir string) (Configurations, error) {
	c := Configurations{Local: Provider, Of: map[string]string{}}
	bodies, err := Parse(dir, CodeNames, configurationMentions...)
	if err != nil {
		return c, err
	}
	overrides, err := Parse(dir, OverrideNames, configurationMentions...)
	if err != nil {
		return c, err
	}
	labelled := func(kind string, labels ...string) hcl.BlockHeaderSchema {
		return hcl.BlockHeaderSchema{Type: kind, LabelNames: labels}
	}
	top := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		labelled("provider", "name"), labelled("module", "name"), labelled("resource", "type", "name"), labelled("data", "type", "name"),
	}}
	bodies = append(bodies, overrides...)
	c.Local = localName(bodies)
	for _, block := range Blocks(bodies, top) {
		c.add(block)
		if block.Type == "module" && c.ours(c.Of["module."+block.Labels[0]]) && !plainModule(dir, block) {
			c.Mixed = append(c.Mixed, "module."+block.Labels[0])
		}
	}
	slices.Sort(c.Mixed)
	c.Mixed = slices.Compact(c.Mixed)
	slices.Sort(c.Aliases)
	c.Aliases = slices.Compact(c.Aliases)
	return c, nil
}

// localName is what the code calls the Rootly provider. A fork may have another namespace.
func localName(bodies []hcl.Body) string {
	local := ""
	terraform := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "terraform"}}}
	required := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "required_providers"}}}
	for _, settings := range Blocks(bodies, terraform) {
		for _, block := range Blocks([]hcl.Body{settings.Body}, required) {
			attributes, _ := block.Body.JustAttributes()
			for name, a := range attributes {
				if name == Provider {
					return Provider
				}
				if source := sourceOf(a.Expr); source == Provider || strings.HasSuffix(source, "/"+Provider) {
					local = name
				}
			}
		}
	}
	return cmp.Or(local, Provider)
}

// sourceOf is where a requirement says that its provider comes from. The rest of it may not be values.
func sourceOf(requirement hcl.Expression) string {
	pairs, _ := hcl.ExprMap(requirement)
	for _, pair := range pairs {
		if keyText(pair.Key) == "source" {
			return keyText(pair.Value)
		}
	}
	return ""
}

// keyText is a word, or a text.
func keyText(e hcl.Expression) string {
	if word := hcl.ExprAsKeyword(e); word != "" {
		return word
	}
	if v, diags := e.Value(nil); !diags.HasErrors() && v.Type() == cty.String && !v.IsNull() {
		return v.AsString()
	}
	return ""
}

// ours reports whether a configuration is one of the Rootly provider.
func (c *Configurations) ours(name string) bool {
	return name == Provider || strings.HasPrefix(name, Provider+".")
}

func (c *Configurations) add(block *hcl.Block) {
	content, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "alias"}, {Name: "provider"}, {Name: "providers"}}})
	switch block.Type {
	case "provider":
		if block.Labels[0] != c.Local {
			return
		}
		if a, ok := content.Attributes["alias"]; !ok {
			c.Default = true
		} else if name := keyText(a.Expr); name != "" {
			c.Aliases = append(c.Aliases, name)
		}
	case "module":
		address := "module." + block.Labels[0]
		if a, ok := content.Attributes["providers"]; ok {
			c.Of[address] = c.passedOn(a.Expr)
		} else if c.Of[address] == "" { // else this is an override
			c.Of[address] = Provider
		}
	default:
		address := strings.Join(block.Labels, ".")
		if block.Type == "data" {
			address = "data." + address
		}
		kind, _, _ := strings.Cut(block.Labels[0], "_")
		a, named := content.Attributes["provider"]
		if named {
			kind = c.configuration(a.Expr)
		}
		switch {
		case kind != Provider && kind != "terraform": // which is part of the engine
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
	source := keyText(a.Expr)
	if !strings.HasPrefix(source, ".") {
		return false
	}
	path := filepath.Join(dir, source)
	bodies, err := Parse(path, CodeNames, configurationMentions...)
	if err != nil {
		return false
	}
	nested := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "provider", LabelNames: []string{"name"}}, {Type: "module", LabelNames: []string{"name"}}}}
	c, err := Read(path)
	return err == nil && len(c.Of) == 0 && len(Blocks(bodies, nested)) == 0
}

// passedOn is what a module gets as its Rootly provider: the only configuration of it among those that it gets.
func (c *Configurations) passedOn(expr hcl.Expression) string {
	given := "another"
	pairs, _ := hcl.ExprMap(expr)
	for _, pair := range pairs {
		name := c.configuration(pair.Value)
		switch {
		case !c.ours(name) || name == given:
		case given == "another":
			given = name
		default:
			return "several"
		}
	}
	return given
}

// configuration is the configuration that a reference such as rootly.eu leads to.
func (c *Configurations) configuration(expr hcl.Expression) string {
	name := "another"
	if traversal, diags := hcl.AbsTraversalForExpr(expr); !diags.HasErrors() {
		name = traversal.RootName()
		for _, step := range traversal[1:] {
			if a, ok := step.(hcl.TraverseAttr); ok {
				name += "." + a.Name
			}
		}
	} else if text := keyText(expr); text != "" { // the JSON syntax
		name = text
	}
	local, alias, _ := strings.Cut(name, ".")
	switch {
	case local == c.Local:
		local = Provider
	case local == Provider:
		local = "another" // of this name
	}
	return strings.TrimSuffix(local+"."+alias, ".")
}
