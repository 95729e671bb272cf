package engines

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

const (
	statesOverride = "zz_rootly_verify_states_override.tf"
	statesHead     = leftBehind + ". Remove this file.\n"
	stateSource    = "terraform_remote_state"
)

var (
	sourceMention = regexp.MustCompile(stateSource)

	// escapeTemplate keeps what is in a path from being read as an expression.
	escapeTemplate = strings.NewReplacer("${", "$${", "%{", "%%{")

	// credential finds the settings of backends that nobody wants to read in another place.
	credential = regexp.MustCompile(`secret|token|password|access_key|credential|sas|private_key|conn_str`)
)

// replaceStates makes the plan read some states instead of those that the code names. This allows a plan of one part of an
// organisation before those that it refers to are applied.
func (b *borrowed) replaceStates(states map[string][]byte, own ownDir) error {
	if len(states) == 0 {
		return nil
	}
	bodies, err := roots.Parse(b.dir, roots.CodeNames, sourceMention)
	if err != nil {
		return err
	}
	text := statesHead
	for _, name := range stateSources(bodies) {
		content, ok := states[name]
		if !ok {
			continue
		}
		path, err := own.note("state-of-"+name, content)
		if err != nil {
			return fmt.Errorf("write the state to read: %w", err)
		}
		text += fmt.Sprintf("data %q %q {\n  backend = \"local\"\n  config  = { path = %s }\n}\n", stateSource, name,
			escapeTemplate.Replace(strconv.Quote(filepath.ToSlash(path))))
	}
	if text == statesHead {
		if err := b.leftover(statesOverride); err != nil {
			return err
		}
		return removeIfThere(disk.Dir(b.dir), statesOverride)
	}
	if err := b.override(statesOverride, text); err != nil {
		return fmt.Errorf("move the states of other directories aside: %w", err)
	}
	return nil
}

// stateSources are the names of the data sources that read states, sorted.
func stateSources(bodies []hcl.Body) []string {
	var names []string
	wanted := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "data", LabelNames: []string{"type", "name"}}}}
	for _, block := range roots.Blocks(bodies, wanted) {
		if block.Labels[0] == stateSource {
			names = append(names, block.Labels[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Backend returns where the code of a directory says that its state is kept, in the words of a terraform_remote_state
// data source: the type of the backend, and those of its settings that are plain values and no credentials. The type is
// empty where the code says nothing.
func Backend(dir string) (kind string, config cty.Value, err error) {
	bodies, err := roots.Parse(dir, roots.CodeNames, backendMention)
	if errors.Is(err, os.ErrNotExist) {
		return "", cty.NilVal, nil
	}
	if err != nil {
		return "", cty.NilVal, err
	}
	settings := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "terraform"}}}
	inside := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "backend", LabelNames: []string{"type"}}, {Type: "cloud"}}}
	for _, block := range roots.Blocks(bodies, settings) {
		for _, b := range roots.Blocks([]hcl.Body{block.Body}, inside) {
			if b.Type == "cloud" {
				kind = "remote" // what reads the states of HCP Terraform
			} else {
				kind = b.Labels[0]
			}
			config = plainSettings(b.Body)
		}
	}
	return kind, config, nil
}

// plainSettings are the arguments and blocks of a backend whose values need nothing to be known.
func plainSettings(body hcl.Body) cty.Value {
	values := map[string]cty.Value{}
	content, rest, _ := body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "workspaces"}}})
	for _, b := range content.Blocks {
		values[b.Type] = plainSettings(b.Body)
	}
	attributes, _ := rest.JustAttributes()
	for name, a := range attributes {
		v, diags := a.Expr.Value(nil)
		if !diags.HasErrors() && v.IsWhollyKnown() && !v.IsNull() && !credential.MatchString(name) {
			values[name] = v
		}
	}
	return cty.ObjectVal(values)
}
