package engines

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
)

// MissingVariables are the variables of a directory that have neither a default nor a value in the files and the
// environment of a job, sorted. Those that only arguments of the engine give values to are among them.
func MissingVariables(job Job) ([]string, error) {
	code, err := roots.Parse(job.Dir, roots.CodeNames, variableMention)
	if err != nil {
		return nil, err
	}
	values, err := roots.Parse(job.Dir, roots.ValueNames, anything)
	if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	for _, body := range append(values, roots.ParseFiles(job.Dir, job.VarFiles)...) {
		attributes, _ := body.JustAttributes()
		for name := range attributes {
			given[name] = true
		}
	}
	environ := environMap(job.Environ)
	var missing []string
	schema := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "variable", LabelNames: []string{"name"}}}}
	for _, block := range roots.Blocks(code, schema) {
		name := block.Labels[0]
		inside, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "default"}}})
		_, set := environ[VariablePrefix+name]
		if inside.Attributes["default"] == nil && !set && !given[name] {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing), nil
}
