package organisation

import (
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/zclconf/go-cty/cty"
)

// shape is the JSON type that the provider reads a parameter as.
type shape int

const (
	shapeText shape = iota
	shapeTruth
	shapeNumber
	shapeTexts
	shapeMap
	shapePairs // a list of {id, name}
)

// A param is one parameter of a task or of a trigger.
type param struct {
	name     string
	shape    shape
	required bool
	preset   string   // the provider's default
	checked  bool     // whether the default is checked against a fixed set
	enum     []string // allowed values, where there are any
	to       []string // Terraform types that its id belongs to
	foreign  bool     // whether it looks like a reference but is none
}

// A taskPlan says what one type of workflow task is made of.
type taskPlan struct {
	kind   string // Terraform type
	name   string // task_type
	title  string // what people call it
	params []param
}

// readSchema learns the parameters of all tasks and triggers from the provider's schema.
func (b *builder) readSchema() error {
	snapshot, err := schema.Snapshot()
	if err != nil {
		return err
	}
	b.triggers = make(map[string][]param)
	b.permissions = make(map[string][]param)
	for _, row := range catalogue.Types() {
		resource := snapshot.Resources[row.Name]
		switch {
		case resource == nil:
		case row.IsTask():
			plan := &taskPlan{row.Name, row.Kind, sentence(row.Kind), params(resource.Block.Nested("task_params"), row.Refs, "task_params.")}
			b.tasks = append(b.tasks, plan)
			b.plans[row.Name] = plan
		case row.IsWorkflow():
			b.triggers[row.Name] = params(resource.Block.Nested("trigger_params"), row.Refs, "trigger_params.")
		case row.Name == "rootly_role", row.Name == "rootly_on_call_role":
			b.permissions[row.Name] = permissionParams(resource.Block)
		}
	}
	return nil
}

// params lists what a block takes, sorted by name.
func params(n *schema.Nested, rules []graph.Rule, prefix string) []param {
	if n == nil {
		return nil
	}
	var out []param
	for _, a := range n.Block.Attributes {
		p := param{name: a.Name, shape: shapeOf(a.Type), required: a.Mode == schema.Required, enum: a.Enum}
		if a.HasDefault() && a.Type == cty.String {
			p.preset, p.checked = a.Default.AsString(), a.Enum != nil
		}
		out = append(out, p.target(rules, prefix))
	}
	for _, c := range n.Block.Blocks {
		p := param{name: c.Name, shape: shapePairs, required: c.Mode == schema.Required}
		out = append(out, p.target(rules, prefix))
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// permissionParams are the lists of permissions of a role.
func permissionParams(block *schema.Block) []param {
	var out []param
	for _, a := range block.Attributes {
		if strings.HasSuffix(a.Name, "_permissions") {
			out = append(out, param{name: a.Name, shape: shapeTexts, enum: a.Enum})
		}
	}
	return out
}

// target finds the rule that says what the parameter points at.
func (p param) target(rules []graph.Rule, prefix string) param {
	for _, r := range rules {
		if r.Path == prefix+p.name || r.Path == prefix+p.name+".id" {
			p.to, p.foreign = r.To, r.Not != ""
		}
	}
	return p
}

func shapeOf(t cty.Type) shape {
	switch {
	case t == cty.Bool:
		return shapeTruth
	case t == cty.Number:
		return shapeNumber
	case t.IsMapType():
		return shapeMap
	case t.IsCollectionType():
		return shapeTexts
	}
	return shapeText
}

// sentence turns create_slack_channel into "Create slack channel".
func sentence(kind string) string {
	s := strings.ReplaceAll(kind, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}
