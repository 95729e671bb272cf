package rewrite

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// heredoc writes a text in the form that the old one has, if that is a heredoc and can hold it.
func heredoc(old hclwrite.Tokens, v cty.Value) hclwrite.Tokens {
	if len(old) < 2 || old[0].Type != hclsyntax.TokenOHeredoc || v.Type() != cty.String {
		return nil
	}
	text := v.AsString()
	if !strings.HasSuffix(text, "\n") {
		return nil
	}
	opening, closing := string(old[0].Bytes), string(old[len(old)-1].Bytes)
	indent := ""
	if strings.HasPrefix(opening, "<<-") {
		indent = indentation(old)
	}
	var body strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		if strings.TrimSpace(line) != "" {
			line = indent + line
		}
		body.WriteString(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(line))
	}
	written := hclwrite.Tokens{
		{Type: hclsyntax.TokenOHeredoc, Bytes: []byte(opening)},
		{Type: hclsyntax.TokenStringLit, Bytes: []byte(body.String())},
		{Type: hclsyntax.TokenCHeredoc, Bytes: []byte(closing)},
	}
	// Some texts read back otherwise, such as one that has the marker on a line.
	expr, diags := hclsyntax.ParseExpression(append(written.Bytes(), '\n'), "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	if again, diags := expr.Value(nil); diags.HasErrors() || !again.RawEquals(v) {
		return nil
	}
	return written
}

// indentation is how far the least indented line of a heredoc stands in.
func indentation(tokens hclwrite.Tokens) string {
	var text strings.Builder
	for _, t := range tokens[1 : len(tokens)-1] {
		text.Write(t.Bytes)
	}
	least, found := "", false
	for _, line := range strings.Split(text.String(), "\n") {
		rest := strings.TrimLeft(line, " ")
		if rest == "" {
			continue
		}
		if indent := line[:len(line)-len(rest)]; !found || len(indent) < len(least) {
			least, found = indent, true
		}
	}
	return least
}
