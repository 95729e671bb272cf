package imports

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// A Host is what a provider block says of the API that its provider asks.
type Host struct {
	File string
	Line int

	Alias string
	URL   string
	Err   error // why the URL is not known here
}

// Hosts are those of a provider's blocks that name an API in their argument api_host. Files that override others win.
// The directory and the values of variables are those of [Read].
func Hosts(dir, provider string, environ []string, more ...string) ([]Host, error) {
	m, scope, err := evaluated(dir, environ, more)
	if err != nil {
		return nil, err
	}
	found := map[string]Host{}
	var aliases []string
	for _, f := range m.files {
		for _, b := range blocksOf(f.body, "provider", "name") {
			content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "alias"}, {Name: "api_host"}}})
			named := content.Attributes["api_host"]
			if b.Labels[0] != provider || named == nil {
				continue
			}
			h := Host{File: f.name, Line: named.Range.Start.Line}
			if a := content.Attributes["alias"]; a != nil {
				h.Alias, _ = text(a.Expr, nil)
			}
			if h.URL, h.Err = text(named.Expr, scope); h.Err == nil && h.URL == "" {
				continue
			}
			if _, seen := found[h.Alias]; !seen {
				aliases = append(aliases, h.Alias)
			}
			found[h.Alias] = h
		}
	}
	hosts := make([]Host, len(aliases))
	for i, alias := range aliases {
		hosts[i] = found[alias]
	}
	return hosts, nil
}

// text evaluates an expression for a text, which may be missing.
func text(e hcl.Expression, scope *hcl.EvalContext) (string, error) {
	v, err := value(e, scope)
	if err != nil || v.IsNull() || v.Type() != cty.String {
		return "", err
	}
	return v.AsString(), nil
}
