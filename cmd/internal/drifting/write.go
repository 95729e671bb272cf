package drifting

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// wants records the edit that would write the live value into the code.
func (i *item) wants(diff verify.Difference, live cty.Value, c plans.Change) {
	if i.kind != drift.Changed || diff.After == verify.KnownAfterApply {
		return
	}
	hides := func(path cty.Path) bool {
		marked := func(p cty.Path) bool { return path.HasPrefix(p) || p.HasPrefix(path) }
		return slices.ContainsFunc(c.Sensitive, marked) || i.module.veil.Hides(i.typ, path, c.Before, c.After)
	}
	e := editOf(i, diff.Path)
	e.Live, e.Secret, e.Reference = live, hides, i.module.reference
	if c.After != cty.NilVal && !live.RawEquals(c.After) {
		e.Code = c.After
	}
	i.edits = append(i.edits, e)
}

// editOf is an edit at a path of an object.
func editOf(i *item, path cty.Path) rewrite.Edit {
	before, after, _ := strings.Cut(i.address, i.typ+".")
	name, _, _ := strings.Cut(after, "[")
	return rewrite.Edit{Module: strings.TrimSuffix(before, "."), Type: i.typ, Name: name, Path: path}
}

// reference is the address by which the code refers to the object with an id, or nothing.
func (m *module) reference(id string) string {
	address := m.names[id]
	if h, ok := tfstate.ParseAddress(address); !ok || h.Module != "" {
		return ""
	}
	return address
}

// hint says how to make code and live agree.
func (i *item) hint() string {
	switch {
	case i.kind == drift.Removed && i.refused != "":
		return "its import block stops every plan; remove it, and its resource"
	case i.kind == drift.Removed:
		return "apply creates it again; to accept the deletion, remove its block"
	case i.kind == drift.Added:
		return "import it into the code, or delete it in Rootly"
	case i.kind == unapplied:
		return map[plans.Action]string{
			plans.Create: "apply creates it: it was never in the state", plans.Delete: "apply destroys it: it is no longer in the code",
			plans.Forget: "apply removes it from the state, as the code says",
		}[i.wanted]
	case len(i.edits) == 0 && slices.ContainsFunc(i.attributes, func(a report.AttributeChange) bool { return a.NotInTerraform }):
		return "Terraform has no such setting: restore it in Rootly, or accept it with drift --write-code"
	case len(i.edits) == 0 && i.refused == "":
		return "the code allows the live value: the next apply updates the state"
	}
	way, known := "apply restores the value in the code; ", ""
	switch {
	case i.refused != "":
		way = "the engine does not plan it: " + i.refused + "; restore the value in Rootly; "
	case !i.contested:
		way = "the code does not set it, so that apply keeps the live value; "
	case !i.outside:
		known = "the state already has the live value; "
	}
	reason := ""
	for _, d := range i.module.code.Deeds {
		if i.owns(d) && d.Reason == "" {
			return known + way + "drift --write-code writes the live value into the code"
		}
		if i.owns(d) {
			reason = cmp.Or(reason, d.Reason)
		}
	}
	return known + way + "the live value has to be written by hand: " + reason
}

// owns reports whether a result is about an edit of the item.
func (i *item) owns(d rewrite.Deed) bool {
	if len(i.edits) == 0 {
		return false
	}
	e := i.edits[0]
	return d.Edit.Type == e.Type && d.Edit.Name == e.Name && d.Edit.Module == e.Module
}

// rewrite finds out which drift can be written into the code.
func (r *run) rewrite() error {
	for _, m := range r.modules {
		var edits []rewrite.Edit
		var err error
		if m.generated, err = generatedIn(m.root.Dir); err != nil {
			return err
		}
		for _, i := range m.items {
			for n := range i.edits {
				e := &i.edits[n]
				e.Generated, e.Written = m.generated[e.Type+"."+e.Name] && e.Module == "", cty.NilVal
				if res := m.live.written[key(i.typ, i.id)]; res != nil {
					e.Written = res.Config
				}
				if resource := r.schema.Resources[i.typ]; resource != nil {
					e.Block = func(names string) bool {
						nested := resource.Block.FindNested(names)
						return nested != nil && nested.Nesting != schema.NestingSingle
					}
				}
			}
			edits = append(edits, i.edits...)
		}
		if m.code, err = rewrite.Files(m.files, edits); err != nil {
			return err
		}
	}
	return nil
}

// writeCode writes live values into the code, and records the result for each.
func (r *run) writeCode(c *report.Changes) error {
	if !r.o.WriteCode {
		return nil
	}
	whole := make([]map[string]string, len(r.modules))
	for n, m := range r.modules { // all edits are made before the first file is written
		whole[n] = m.acceptWhole(r.schema.Resources)
		for name := range m.code.Files {
			if err := disk.Dir(m.root.Dir).Free(name); err != nil {
				return err
			}
		}
	}
	n := 0
	for at, m := range r.modules {
		if err := m.write(); err != nil {
			return err
		}
		if err := m.acceptSettings(); err != nil {
			return err
		}
		for _, i := range m.items {
			if outcome := whole[at][key(i.typ, i.id)]; outcome != "" {
				c.Changes[n].Hint = outcome
			}
			for a := range c.Changes[n].Attributes {
				if i.attributes[a].NotInTerraform {
					c.Changes[n].Attributes[a].Outcome = "written to " + snapshot.SettingsName
					continue
				}
				c.Changes[n].Attributes[a].Outcome = rewritten(i, i.attributes[a].Path, m.code.Deeds)
			}
			n++
		}
	}
	return nil
}

// generatedIn are the addresses of the blocks in a directory that this program generated.
func generatedIn(path string) (map[string]bool, error) {
	dir, err := state.Open(path, state.Options{Version: world.Version(), LookOnly: true, Adopt: true})
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	generated := map[string]bool{}
	for _, a := range dir.Addresses() {
		generated[a.String()] = true
	}
	return generated, nil
}

// write replaces the files that changed.
func (m *module) write() error {
	dir := disk.Dir(m.root.Dir)
	for name, content := range m.code.Files {
		mode := fs.FileMode(0o644)
		if stat, err := dir.Lstat(name); err == nil {
			mode = stat.Mode().Perm()
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if name == rewrite.SecretsFile {
			mode &^= 0o077
		}
		if err := dir.Replace(name, content, mode); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(m.root.Dir, name), err)
		}
	}
	return nil
}

// rewritten is the result for an attribute in the code.
func rewritten(i *item, path string, deeds []rewrite.Deed) string {
	for _, d := range deeds {
		if !i.owns(d) || path != d.Path && !strings.HasPrefix(path, d.Path+"[") && !strings.HasPrefix(path, d.Path+".") && graph.PathString(d.Edit.Path) != path {
			continue
		}
		if d.Reason != "" {
			return "left: " + d.Reason
		}
		return "written to " + d.File
	}
	return ""
}

// codeFiles reads the code of a root module, and the values of its secret variables.
func codeFiles(dir string) (map[string][]byte, error) {
	var names []string
	for _, form := range []string{"*.tf", "*.tofu", "*.tf.json", "*.tofu.json", rewrite.SecretsFile} {
		found, err := filepath.Glob(filepath.Join(dir, form))
		if err != nil {
			return nil, fmt.Errorf("list code in %s: %w", dir, err)
		}
		names = append(names, found...)
	}
	files := map[string][]byte{}
	for _, name := range names {
		content, err := disk.ReadFile(name, disk.MostCode)
		if err != nil {
			return nil, err
		}
		files[filepath.Base(name)] = content
	}
	return files, nil
}
