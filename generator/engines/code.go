package engines

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/hcl/v2"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// Generated code is megabytes that take seconds to parse, and almost none of it holds these blocks.
var (
	backendMention  = regexp.MustCompile(`(?s)terraform.*\b(?:backend|cloud)\b`)
	variableMention = regexp.MustCompile(`variable\b`)
)

// needsMention finds the blocks that init acts upon, in the layout of formatted code. Code of another layout is by hand,
// and stays as it is while a session lasts.
var needsMention = regexp.MustCompile(`(?ms)^(terraform|module)\b.*?^\}|"(terraform|module)"\s*:.*`)

// needs is what the code of a directory requires to be installed, as text to compare.
func needs(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("list the code: %w", err)
	}
	text := []byte("initialised\n")
	for _, entry := range entries {
		if entry.IsDir() || !roots.CodeNames.MatchString(entry.Name()) {
			continue
		}
		src, err := disk.ReadFile(filepath.Join(dir, entry.Name()), disk.MostCode)
		if err != nil {
			return "", fmt.Errorf("read the code: %w", err)
		}
		if !bytes.Contains(src, []byte("terraform")) && !bytes.Contains(src, []byte("module")) {
			continue // the pattern takes long to find nothing
		}
		for _, block := range needsMention.FindAll(src, -1) {
			text = append(text, block...)
		}
	}
	return string(text), nil
}

// namesBackend reports whether the code has a backend.
func namesBackend(bodies []hcl.Body) bool {
	settings := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "terraform"}}}
	inside := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "backend", LabelNames: []string{"type"}},
		{Type: "cloud"},
	}}
	for _, block := range roots.Blocks(bodies, settings) {
		if len(roots.Blocks([]hcl.Body{block.Body}, inside)) > 0 {
			return true
		}
	}
	return false
}
