package drifting

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
)

// wants notes the edit that would make the code say what is live.
func (i *driftItem) wants(diff verify.Difference, c plans.Change, veil *secret.Veil) {
	if i.kind != drift.Changed || diff.After == verify.KnownAfterApply {
		return
	}
	hides := func(path cty.Path) bool {
		marked := func(p cty.Path) bool { return path.HasPrefix(p) || p.HasPrefix(path) }
		return slices.ContainsFunc(c.Sensitive, marked) || veil.Hides(i.typ, path, c.Before, c.After)
	}
	e := rewrite.Edit{Type: i.typ, Path: diff.Path, Live: c.Before, Secret: hides}
	before, after, _ := strings.Cut(i.Address, i.typ+".")
	e.Module = strings.TrimSuffix(before, ".")
	e.Name, _, _ = strings.Cut(after, "[")
	i.edits = append(i.edits, e)
}

// hint says how code and live come to agree again.
func (i *driftItem) hint(deeds []rewrite.Deed) string {
	switch {
	case i.kind == drift.Removed:
		return "apply creates it again; to accept the deletion, remove its block"
	case i.kind == drift.Added:
		return "import it into the code, or delete it in Rootly"
	case i.kind == unapplied:
		return map[plans.Action]string{
			plans.Create: "apply creates it: it was never in the state", plans.Delete: "apply destroys it: it is no longer in the code",
			plans.Forget: "apply removes it from the state, as the code says",
		}[i.wanted]
	case len(i.edits) == 0:
		return "the code allows the live value: the next apply updates the state"
	}
	known := ""
	if !i.outside {
		known = "the state already has the live value; "
	}
	reason := ""
	for _, d := range deeds {
		if i.owns(d) && d.Reason == "" {
			return known + "apply restores the value in the code; drift --write-code writes the live value into the code"
		}
		if i.owns(d) {
			reason = cmp.Or(reason, d.Reason)
		}
	}
	return known + "apply restores the value in the code; the live value has to be written by hand: " + reason
}

// owns reports whether a deed was for an edit of the item.
func (i *driftItem) owns(d rewrite.Deed) bool {
	if len(i.edits) == 0 {
		return false
	}
	e := i.edits[0]
	return d.Edit.Type == e.Type && d.Edit.Name == e.Name && d.Edit.Module == e.Module
}

// rewrite finds out what of the drift can be put into the code.
func (d *Drifting) rewrite() error {
	files, err := codeFiles(d.o.Dir)
	if err != nil {
		return err
	}
	var edits []rewrite.Edit
	for _, i := range d.Items {
		edits = append(edits, i.edits...)
	}
	d.code, err = rewrite.Files(files, edits)
	return err
}

// writeCode puts live values into the code and notes beside each what became of it.
func (d *Drifting) writeCode(c *report.Changes) error {
	if !d.o.WriteCode {
		return nil
	}
	dir := disk.Dir(d.o.Dir)
	for name := range d.code.Files { // all before the first is written
		if err := dir.Free(name); err != nil {
			return err
		}
	}
	for name, content := range d.code.Files {
		stat, err := dir.Lstat(name)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		mode := stat.Mode().Perm()
		if name == rewrite.SecretsFile {
			mode &^= 0o077
		}
		if err := dir.Replace(name, content, mode); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(d.o.Dir, name), err)
		}
	}
	for n, i := range d.Items {
		for a := range c.Changes[n].Attributes {
			c.Changes[n].Attributes[a].Outcome = rewritten(i, i.Attributes[a].Path, d.code.Deeds)
		}
	}
	return nil
}

// rewritten says what became of an attribute in the code.
func rewritten(i *driftItem, path string, deeds []rewrite.Deed) string {
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
