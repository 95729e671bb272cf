package drifting

import (
	"bytes"
	"fmt"
	"maps"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
)

// acceptedName is the file for objects that were made outside of code.
const acceptedName = "accepted.tf"

// acceptWhole adds unmanaged objects to generated code, and removes deleted ones. It returns the result for each, by
// "type/id".
func (m *module) acceptWhole(resources map[string]*schema.Resource) map[string]string {
	outcomes := map[string]string{}
	if len(m.generated) == 0 {
		return outcomes
	}
	files := maps.Clone(m.files)
	maps.Copy(files, m.code.Files)
	for _, i := range m.items {
		if e := editOf(i, nil); i.kind == drift.Removed && e.Module == "" && m.ours(e) && !strings.HasSuffix(i.address, "]") {
			changed, reason := rewrite.Drop(files, e.Type, e.Name)
			if reason != "" {
				outcomes[key(i.typ, i.id)] = "its block stays: " + reason
				continue
			}
			maps.Copy(files, changed)
			maps.Copy(m.code.Files, changed)
			outcomes[key(i.typ, i.id)] = "its block was removed from the code"
		}
	}
	for _, i := range m.items {
		if i.kind == drift.Added {
			outcomes[key(i.typ, i.id)] = m.adopt(i, files, resources[i.typ])
		}
	}
	return outcomes
}

// ours reports whether the block of an edit was generated, by an import or by an earlier run of drift.
func (m *module) ours(e rewrite.Edit) bool {
	accepted := map[string][]byte{acceptedName: m.files[acceptedName]}
	return m.generated[e.Type+"."+e.Name] || rewrite.Declares(accepted, e.Type, e.Name)
}

// adopt adds the code of an unmanaged object, and returns the result.
func (m *module) adopt(i *item, files map[string][]byte, of *schema.Resource) string {
	res := m.live.written[key(i.typ, i.id)]
	if res == nil || of == nil {
		return "left: it was not read"
	}
	one := *res
	if len(secret.Hide(&graph.Graph{Resources: []*graph.Resource{&one}}, secret.Options{Secret: planning.SecretPathsOf, Suspect: planning.SuspectPathsOf})) > 0 {
		return "left: it has secrets, for which import makes variables"
	}
	whole := rewrite.Whole{
		Type: i.typ, ID: string(res.ImportID()), Values: res.Config, Reference: m.reference,
		Block: func(names string) bool {
			nested := of.Block.FindNested(names)
			return nested != nil && nested.Nesting != schema.NestingSingle
		},
	}
	for _, ignored := range res.Ignore {
		whole.Ignore = append(whole.Ignore, ignored.Path)
	}
	label := m.live.labels[key(i.typ, i.id)]
	for n := 1; whole.Name == "" || rewrite.Declares(files, i.typ, whole.Name); n++ {
		if whole.Name = label; n > 1 {
			whole.Name = fmt.Sprintf("%s_%d", label, n)
		}
	}
	text := bytes.TrimSpace(files[acceptedName])
	if len(text) > 0 {
		text = append(text, "\n\n"...)
	}
	text = append(text, whole.Text()...)
	files[acceptedName], m.code.Files[acceptedName] = text, text
	m.names[i.id] = i.typ + "." + whole.Name
	return "written to " + acceptedName
}
