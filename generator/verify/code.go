package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
)

// Generated code is megabytes that take seconds to parse, and almost none of it holds these blocks.
var (
	backendMention  = regexp.MustCompile(`\b(backend|cloud)\b`)
	variableMention = regexp.MustCompile(`\bvariable\b`)
	codeNames       = regexp.MustCompile(`\.(tf|tofu)(\.json)?$`)
	autoValueNames  = regexp.MustCompile(`^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$`)
)

// parseFiles parses the files of code in dir that mention something, as far as they can be parsed: what cannot is for
// the engine to report.
func parseFiles(dir string, mention *regexp.Regexp) ([]hcl.Body, error) {
	return parseNamed(dir, codeNames, mention)
}

func parseNamed(dir string, names, mention *regexp.Regexp) ([]hcl.Body, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the code: %w", err)
	}
	parser := hclparse.NewParser()
	var bodies []hcl.Body
	for _, entry := range entries {
		if entry.IsDir() || !names.MatchString(entry.Name()) {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the code: %w", err)
		}
		if !mention.Match(src) {
			continue
		}
		if body := parseSource(parser, src, path); body != nil {
			bodies = append(bodies, body)
		}
	}
	return bodies, nil
}

// needsMention finds the blocks that init acts upon, in the layout of formatted code. Code of another layout is by hand,
// and stays as it is while a session lasts.
var needsMention = regexp.MustCompile(`(?ms)^(terraform|module)\b.*?^\}|"(terraform|module)"\s*:.*`)

// needs tells what the code of a directory wants to be installed, as a text to compare.
func needs(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("list the code: %w", err)
	}
	text := []byte("initialised\n")
	for _, entry := range entries {
		if entry.IsDir() || !codeNames.MatchString(entry.Name()) {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return "", fmt.Errorf("read the code: %w", err)
		}
		for _, block := range needsMention.FindAll(src, -1) {
			text = append(text, block...)
		}
	}
	return string(text), nil
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

// namesBackend tells whether the code keeps its state somewhere of its own choice.
func namesBackend(bodies []hcl.Body) bool {
	settings := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "terraform"}}}
	inside := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "backend", LabelNames: []string{"type"}},
		{Type: "cloud"},
	}}
	for _, block := range blocksOf(bodies, settings) {
		if len(blocksOf([]hcl.Body{block.Body}, inside)) > 0 {
			return true
		}
	}
	return false
}

func blocksOf(bodies []hcl.Body, schema *hcl.BodySchema) []*hcl.Block {
	var found []*hcl.Block
	for _, body := range bodies {
		content, _, _ := body.PartialContent(schema)
		found = append(found, content.Blocks...)
	}
	return found
}
