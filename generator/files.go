package generator

import (
	"fmt"
	"slices"
	"sort"
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Names of files, without extension.
const (
	versionsFile  = "versions"
	providerFile  = "provider"
	importsFile   = "imports"
	usersFile     = "users"
	deadFile      = "literal_ids"
	variablesFile = "variables"
	dataFile      = "data"
	mainFile      = "main"
	movedFile     = "moved"
	removedFile   = "removed"
	outputsFile   = "outputs"
	statesFile    = "remote_state"
)

// Names of files that are the same in both syntaxes.
const (
	secretsFile = "secrets.auto.tfvars"
	exampleFile = "terraform.tfvars.example"
	ignoreFile  = ".gitignore"
	attribFile  = ".gitattributes"
)

// Kinds of blocks that may occur any number of times without labels.
const (
	importKind  = "import"
	movedKind   = "moved"
	removedKind = "removed"
)

func repeats(kind string) bool { return kind == importKind || kind == movedKind || kind == removedKind }

const importsHeader = "The next apply adds these objects to the state. After that, this file can be deleted."

const variablesHeader = "Values of secrets. Add sensitive = true to each variable after the first apply: before it, the mark itself would be a " +
	"planned change of every object to import. The apply after that only sets the mark."

// requiredTerraform is the first version that reads import blocks.
const requiredTerraform = ">= 1.5.0"

func versionsBlock(local, engine, constraint string) block {
	source := argument{
		name: local,
		value: cty.ObjectVal(map[string]cty.Value{
			"source":  cty.StringVal(schema.Source),
			"version": cty.StringVal(constraint),
		}),
		spread: true,
	}
	return block{kind: "terraform", body: body{
		args:   []argument{text("required_version", engine)},
		blocks: []block{{kind: "required_providers", body: body{args: []argument{source}}}},
	}}
}

// constraintOf returns the constraint on the provider's version.
func constraintOf(o Options, s *schema.Provider) string {
	if o.Version != "" {
		return o.Version
	}
	if s != nil && s.Version != "" {
		return "~> " + minor(s.Version)
	}
	return "~> " + minor(schema.SnapshotVersion)
}

// minor cuts a version after its second number.
func minor(version string) string {
	dots := 0
	for i, c := range version {
		if c != '.' {
			continue
		}
		if dots++; dots == 2 {
			return version[:i]
		}
	}
	return version
}

func providerBlock(local string) block {
	return block{
		kind:   "provider",
		labels: []string{local},
		notes:  []string{"The API token is read from the environment variable ROOTLY_API_TOKEN."},
	}
}

func importBlock(group []*graph.Resource, o Options) block {
	r := group[0]
	b := block{kind: importKind, body: body{args: []argument{
		bare("to", r.Address.String()),
		text("id", string(r.ImportID())),
	}}}
	if r.Address.Key != "" {
		b = foldImport(group)
	}
	if o.local() != defaultProvider { // by which OpenTofu would otherwise look for the provider
		b = o.configured(b)
	}
	return b
}

// usersBlock is the map of users by email. Ids are numbers unless one of them is not numeric.
func usersBlock(users []graph.User) (block, error) {
	ids := make(map[string]cty.Value, len(users))
	for _, u := range users {
		if _, twice := ids[u.Email]; twice {
			return block{}, fmt.Errorf("two users with the email %q", u.Email)
		}
		ids[u.Email] = userID(u.ID)
	}
	return block{kind: "locals", body: body{args: []argument{{
		name:   "users",
		value:  cty.ObjectVal(ids),
		notes:  []string{"Rootly's users by email. Users are not resources, so their ids are kept here."},
		spread: true,
	}}}}, nil
}

// deadBlocks is the map of ids that resolve to no object, each with the reason; nothing if the code needs none.
func deadBlocks(list []graph.Unresolved) ([]block, error) {
	ids := &graph.Resource{}
	values := map[string]cty.Value{}
	for _, d := range list {
		if _, known := values[d.Key]; d.Key != "" && !known {
			values[d.Key] = userID(d.ID)
			ids.Notes = append(ids.Notes, graph.Note{Path: cty.GetAttrPath(d.Key), Text: d.Reason})
		}
	}
	if len(values) == 0 {
		return nil, nil
	}
	ids.Config = cty.ObjectVal(values)
	b := block{kind: "locals"}
	over, err := layNotes(&b, ids, nil)
	if err != nil {
		return nil, err
	}
	b.body.args = []argument{{
		name: deadFile, value: ids.Config, over: over, spread: true,
		notes: []string{"Ids that several objects hold and that nothing here can refer to, each with the reason."},
	}}
	return []block{b}, nil
}

func userID(id graph.ID) cty.Value {
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(id) {
		return cty.StringVal(string(id))
	}
	return cty.NumberIntVal(n)
}

// variableBlocks declares the variables, sorted by name.
func variableBlocks(variables []*graph.Variable) []block {
	var out []block
	for _, v := range sortedVariables(variables) {
		b := block{kind: "variable", labels: []string{v.Name}}
		if v.Description != "" {
			b.body.args = append(b.body.args, text("description", v.Description))
		}
		b.body.args = append(b.body.args, bare("type", "string"))
		if v.Optional {
			b.body.args = append(b.body.args, text("default", ""))
		}
		if v.Sensitive {
			b.body.args = append(b.body.args, argument{name: "sensitive", value: cty.True})
		}
		out = append(out, b)
	}
	return out
}

func sortedVariables(variables []*graph.Variable) []*graph.Variable {
	sorted := append([]*graph.Variable(nil), variables...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	return sorted
}

// given are the variables with known values: the others have none before people fill them in.
func given(variables []*graph.Variable) []*graph.Variable {
	return slices.DeleteFunc(slices.Clone(variables), func(v *graph.Variable) bool { return v.Optional })
}

// valuesFiles contain the values of the variables, unless they are blank, and an example for people to fill in: a clone
// has no values.
func valuesFiles(variables []*graph.Variable, blank bool) ([]File, error) {
	example, err := valuesFile(variables, true)
	if err != nil || blank {
		return []File{example}, err
	}
	files := []File{example}
	if needed := given(variables); len(needed) > 0 {
		values, err := valuesFile(needed, false)
		if err != nil {
			return nil, err
		}
		files = append(files, values)
	}
	return files, nil
}

func valuesFile(variables []*graph.Variable, blank bool) (File, error) {
	f := File{Name: secretsFile, Secret: true}
	note := "Terraform reads this file automatically. It contains secrets: keep it out of version control."
	if blank {
		f = File{Name: exampleFile}
		note = "Copy this file to terraform.tfvars, fill in the values, and keep them out of version control."
	}
	p := &hclPrinter{literal: true}
	b := body{}
	for _, v := range sortedVariables(variables) {
		a := text(v.Name, v.Value)
		if blank {
			a = text(v.Name, "")
			a.notes = []string{v.Description}
		}
		b.args = append(b.args, a)
	}
	f.Content = append(appendComments(nil, []string{note}, 0), '\n')
	f.Content = p.body(f.Content, b, 0)
	return f, p.err
}

// gitIgnore lists what must not be committed.
func gitIgnore() File {
	content := "# Secrets\n" + secretsFile + "\nterraform.tfvars\n"
	content += "\n# State and plans contain every value in plain text\n*.tfstate\n*.tfstate.*\n*.tfplan\ntfplan\n" +
		"\n# Working directory\n.terraform/\ncrash.log\ncrash.*.log\n"
	return File{Name: ignoreFile, Content: []byte(content)}
}

// gitAttributes keeps a checkout from changing the line endings of code, which are part of values.
func gitAttributes() File {
	return File{Name: attribFile, Content: []byte("# Line endings are part of values\n*.tf text eol=lf\n*.tf.json text eol=lf\n*.tfvars text eol=lf\n*.tfvars.example text eol=lf\n")}
}

// dataBlocks are the lookups, sorted by address.
func dataBlocks(sources []*graph.DataSource, s *schema.Provider, o Options) ([]block, []graph.Address, error) {
	sorted := append([]*graph.DataSource(nil), sources...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Address.String() < sorted[j].Address.String() })
	var out []block
	var addresses []graph.Address
	for _, d := range sorted {
		b, err := bodyOf(d.Config, nil, blockSchema(s, d.Address))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", d.Address, err)
		}
		source := block{kind: "data", labels: []string{d.Address.Type, d.Address.Name}, body: b}
		if d.Address.Type != StateType {
			source = o.configured(source)
		}
		if d.Note != "" {
			source.notes = []string{d.Note}
		}
		out = append(out, source)
		addresses = append(addresses, d.Address)
	}
	return out, addresses, nil
}

// blockSchema returns the schema of an address, or nil.
func blockSchema(s *schema.Provider, a graph.Address) *schema.Block {
	if s == nil {
		return nil
	}
	types := s.Resources
	if a.Data {
		types = s.DataSources
	}
	if t := types[a.Type]; t != nil {
		return t.Block
	}
	return nil
}
