package rewrite

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// heredoc writes a text in the form of the old one, if that is a heredoc that can contain it.
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
	// Some texts would not be read back the same, such as one with the marker on a line.
	expr, diags := hclsyntax.ParseExpression(append(written.Bytes(), '\n'), "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	if again, diags := expr.Value(nil); diags.HasErrors() || !again.RawEquals(v) {
		return nil
	}
	return written
}

// chomped looks into chomp(<<-EOT …), the form of a text of several lines that does not end in a newline. It returns
// the expression inside, and a function that writes another text in that form, or nothing if that is impossible.
func chomped(tokens hclwrite.Tokens) (wrap func(cty.Value) hclwrite.Tokens, inner hclwrite.Tokens) {
	from, to := -1, -1
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOHeredoc:
			from = i
		case hclsyntax.TokenCHeredoc:
			to = i
		}
	}
	around := from == 2 && to > from && to < len(tokens)-1 && string(tokens[0].Bytes) == "chomp"
	if !around || strings.TrimSpace(string(tokens[to+1:].Bytes())) != ")" {
		return func(cty.Value) hclwrite.Tokens { return nil }, tokens
	}
	inner = tokens[from : to+1]
	return func(v cty.Value) hclwrite.Tokens {
		if v.Type() != cty.String || strings.HasSuffix(v.AsString(), "\n") {
			return nil
		}
		text := heredoc(inner, cty.StringVal(v.AsString()+"\n"))
		if text == nil {
			return nil
		}
		now := append(append(hclwrite.Tokens{}, tokens[:from]...), text...)
		return append(now, tokens[to+1:]...)
	}, inner
}

// indentation is the indentation of the least indented line of a heredoc.
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
