package roots

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// CodeNames matches the names of files with code.
var CodeNames = regexp.MustCompile(`\.(tf|tofu)(\.json)?$`)

// ValueNames matches the names of files with values of variables that the engines read by themselves.
var ValueNames = regexp.MustCompile(`^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$`)

// OverrideNames matches the names of files with code that the engines lay over the rest.
var OverrideNames = regexp.MustCompile(`(^|_)override\.(tf|tofu)(\.json)?$`)

// Files are the paths of the files in a directory whose names match, by name.
func Files(dir string, names *regexp.Regexp) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the code: %w", err)
	}
	var paths []string
	for _, entry := range entries {
		if !entry.IsDir() && names.MatchString(entry.Name()) {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths, nil
}

// ParseFiles parses files by their paths, which may be relative to a directory, as far as they can be read and parsed.
func ParseFiles(dir string, paths []string) []hcl.Body {
	parser := hclparse.NewParser()
	var bodies []hcl.Body
	for _, path := range paths {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		src, err := disk.ReadFile(path, disk.MostCode)
		if err != nil {
			continue // for the engine to report
		}
		if body := parseSource(parser, src, path); body != nil {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// Parse parses the files in dir whose names match and that mention one of some patterns, as far as they can be parsed: what
// cannot is for the engine to report. Generated code is megabytes that take seconds to parse, and as long to search for
// patterns that do not begin with a word.
func Parse(dir string, names *regexp.Regexp, mentions ...*regexp.Regexp) ([]hcl.Body, error) {
	paths, err := Files(dir, names)
	if err != nil {
		return nil, err
	}
	parser := hclparse.NewParser()
	var bodies []hcl.Body
	for _, path := range paths {
		src, err := disk.ReadFile(path, disk.MostCode)
		if err != nil {
			return nil, fmt.Errorf("read the code: %w", err)
		}
		if !slices.ContainsFunc(mentions, func(m *regexp.Regexp) bool { return m.Match(src) }) {
			continue
		}
		if body := parseSource(parser, src, path); body != nil {
			bodies = append(bodies, body)
		}
	}
	return bodies, nil
}

func parseSource(parser *hclparse.Parser, src []byte, path string) hcl.Body {
	parse := parser.ParseHCL
	if strings.HasSuffix(path, ".json") {
		parse = parser.ParseJSON
	}
	file, _ := parse(src, path)
	if file == nil {
		return nil
	}
	return file.Body
}

// Blocks are the blocks of some bodies that a schema names.
func Blocks(bodies []hcl.Body, schema *hcl.BodySchema) []*hcl.Block {
	var found []*hcl.Block
	for _, body := range bodies {
		content, _, _ := body.PartialContent(schema)
		found = append(found, content.Blocks...)
	}
	return found
}
