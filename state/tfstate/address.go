package tfstate

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

var unescape = strings.NewReplacer("$${", "${", "%%{", "%{")

// ParseAddress reads the address of a resource instance as code and plans write it, such as
// module.teams["a"].rootly_team.sre[0]. The result has no id.
func ParseAddress(text string) (h Held, ok bool) {
	parts := splitAddress(strings.TrimSpace(text))
	modules := 0
	for len(parts) >= modules+2 && parts[modules] == "module" {
		modules += 2
	}
	if len(parts) != modules+2 {
		return Held{}, false
	}
	h.Module = strings.Join(parts[:modules], ".")
	name, key, indexed := strings.Cut(parts[modules+1], "[")
	if indexed {
		h.Key = strings.TrimSpace(strings.TrimSuffix(key, "]"))
		if strings.HasPrefix(h.Key, `"`) {
			h.Key = unescape.Replace(h.Key)
		}
	}
	h.Address = graph.Address{Type: parts[modules], Name: name}
	return h, parts[modules] != "" && name != "" && parts[modules] != "data"
}

// splitAddress splits at the dots outside of indexes.
func splitAddress(text string) []string {
	var parts []string
	start, depth, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}
