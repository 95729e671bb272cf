package oldcommands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
)

// filters translates the filters of the old tool.
//
//	service=id1:id2                    by id
//	Name=name;Value=a:'b:c'            any type, by attribute
//	Type=service;Name=name;Value=a     one type, by attribute
//	Name=name                          any type, objects that have the attribute
//
// Values are exact there, patterns here, so what a pattern would obey is quoted. Filters on the
// same attribute must all match there and are alternatives here, so two of them are refused.
func filters(texts []string) ([]string, error) {
	var all []string
	var seen []string
	for _, text := range texts {
		if left, _, ok := strings.Cut(text, "="); ok && strings.Contains(left, ".") && !strings.Contains(text, ";") {
			all = append(all, text) // the new form
			continue
		}
		about, values, err := filter(text)
		if err != nil {
			return nil, err
		}
		if slices.Contains(seen, about) {
			return nil, exit.Usage(fmt.Errorf("--filter %q: a second filter on %s", text, about),
				"give all values in one filter: Type=TYPE;Name=ATTRIBUTE;Value=A:B")
		}
		seen = append(seen, about)
		for _, v := range values {
			all = append(all, about+"="+v)
		}
	}
	return all, nil
}

// filter reads one filter: the TYPE.ATTRIBUTE that it is about, and patterns.
func filter(text string) (about string, patterns []string, err error) {
	typ, attr, value := "*", "", ""
	parts := strings.Split(text, ";")
	name, named := strings.CutPrefix(parts[0], "Name=")
	switch {
	case !named && len(parts) == 1 && strings.Count(text, "=") == 1:
		typ, value, _ = strings.Cut(text, "=")
		attr = "id"
	case named && len(parts) == 1:
		return target(text, typ, name, []string{"?*"})
	case named && len(parts) == 2:
		attr, value = name, strings.TrimPrefix(parts[1], "Value=")
	case strings.HasPrefix(parts[0], "Type=") && len(parts) == 3:
		typ = strings.TrimPrefix(parts[0], "Type=")
		attr, value = strings.TrimPrefix(parts[1], "Name="), strings.TrimPrefix(parts[2], "Value=")
	default:
		return "", nil, badFilter(text)
	}
	for _, v := range valuesOf(value) {
		patterns = append(patterns, literally(v))
	}
	return target(text, typ, attr, patterns)
}

func target(text, typ, attr string, patterns []string) (string, []string, error) {
	if typ == "" || attr == "" || len(patterns) == 0 {
		return "", nil, badFilter(text)
	}
	if strings.Contains(attr, ".") {
		return "", nil, exit.Usage(fmt.Errorf("--filter %q: filters do not reach into nested settings", text),
			"filter by an attribute of the object itself: --filter 'service.name=api-*'")
	}
	if _, err := selection.Resolve(typ); err != nil {
		return "", nil, err
	}
	return typ + "." + attr, patterns, nil
}

func badFilter(text string) error {
	return exit.Usage(fmt.Errorf("--filter %q is not a filter", text), "write TYPE.ATTRIBUTE=PATTERN, such as 'service.name=api-*'")
}

// valuesOf splits values at colons outside of single quotes.
func valuesOf(text string) []string {
	var values []string
	quoted := false
	for _, field := range strings.FieldsFunc(text, func(r rune) bool {
		if r == '\'' {
			quoted = !quoted
		}
		return r == ':' && !quoted
	}) {
		if v := strings.ReplaceAll(field, "'", ""); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// literally quotes characters with a meaning in patterns.
func literally(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}
