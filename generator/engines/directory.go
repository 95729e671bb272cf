package engines

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

const (
	stateFile    = "terraform.tfstate"
	lockFile     = ".terraform.lock.hcl"
	overrideFile = "zz_rootly_verify_override.tf"
	declaredFile = "zz_rootly_verify_declared.tf"
	overrideText = leftBehind + " verify. Remove this file.\nterraform {\n  backend \"local\" {}\n}\n"
)

// borrowed is a directory that is left as it was found.
type borrowed struct {
	dir     string
	restore []func() error
}

// putBack undoes every change of the directory, newest first.
func (b *borrowed) putBack() (failed error) {
	for i := len(b.restore) - 1; i >= 0; i-- {
		failed = errors.Join(failed, b.restore[i]())
	}
	return failed
}

// keepFiles remembers what engines write into the directory without being asked: init completes the lock file, and
// OpenTofu writes the state when a plan is interrupted. It reports whether there was a lock file.
func (b *borrowed) keepFiles(backend bool) (locked bool, err error) {
	names := []string{lockFile}
	if !backend {
		names = append(names, stateFile, stateFile+".backup")
	}
	for _, name := range names {
		existed, err := b.keep(name)
		if err != nil {
			return false, fmt.Errorf("remember %s: %w", name, err)
		}
		locked = locked || (existed && name == lockFile)
	}
	return locked, nil
}

func (b *borrowed) keep(name string) (existed bool, err error) {
	dir, path := disk.Dir(b.dir), filepath.Join(b.dir, name)
	before, err := disk.ReadFile(path, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := dir.Lstat(name); err == nil {
			return false, &disk.Refusal{Path: path, Problem: disk.ErrLink} // to a file that the engine would make
		}
		b.restore = append(b.restore, func() error { return removeIfThere(dir, name) })
		return false, nil
	}
	if err != nil {
		return false, err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return false, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return true, b.keepLink(name)
	}
	b.restore = append(b.restore, func() error {
		after, err := disk.ReadFile(path, disk.MostCode)
		if err == nil && bytes.Equal(before, after) {
			return nil
		}
		return dir.Replace(name, before, info.Mode().Perm())
	})
	return true, nil
}

// keepLink remembers a link, which the engine may replace by a file. The target of the link is not ours to write.
func (b *borrowed) keepLink(name string) error {
	dir, path := disk.Dir(b.dir), filepath.Join(b.dir, name)
	target, err := os.Readlink(path)
	if err != nil {
		return err
	}
	b.restore = append(b.restore, func() error {
		if now, err := os.Readlink(path); err == nil && now == target {
			return nil
		}
		return errors.Join(removeIfThere(dir, name), dir.Link(target, name))
	})
	return nil
}

// overrideBackend replaces the backend that the code names by the local one. The file says nothing but "local": with a
// path of its own the engine would move the directory's state there.
func (b *borrowed) overrideBackend() error {
	bodies, err := roots.Parse(b.dir, roots.CodeNames, backendMention)
	if err != nil || !namesBackend(bodies) {
		return err
	}
	if err := b.override(overrideFile, overrideText); err != nil {
		return fmt.Errorf("move the backend aside: %w", err)
	}
	return nil
}

// leftBehind begins the files that a session puts into the directory for as long as it lasts.
const leftBehind = "# Left behind by an interrupted terraformer-rootly"

// IsOverride reports whether a file is one that sessions put into the directory.
func IsOverride(name string) bool {
	return name == overrideFile || name == statesOverride || strings.HasSuffix(name, providerOverride)
}

// override adds a file to the directory. Only one that an interrupted session left is overwritten: any other file of
// that name is the user's.
func (b *borrowed) override(name, text string) error {
	if err := b.leftover(name); err != nil {
		return err
	}
	dir := disk.Dir(b.dir)
	b.restore = append(b.restore, func() error { return removeIfThere(dir, name) })
	return dir.Write(name, []byte(text), 0o600)
}

var errNotOurs = errors.New("was not written by this program, and a plan temporarily needs this name")

// leftover refuses a file that no interrupted session left. One that is not there is none.
func (b *borrowed) leftover(name string) error {
	before, err := disk.Dir(b.dir).Read(name, disk.MostCode)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && !bytes.HasPrefix(before, []byte(leftBehind)):
		return &disk.Refusal{Path: filepath.Join(b.dir, name), Problem: errNotOurs}
	}
	return err
}

// locked reads the lock file of a directory, if there is one.
func locked(dir string) (Provider, error) {
	path := filepath.Join(dir, lockFile)
	src, err := disk.ReadFile(path, disk.MostNote)
	if errors.Is(err, fs.ErrNotExist) {
		return Provider{}, nil
	}
	if err != nil {
		return Provider{}, fmt.Errorf("read the provider lock: %w", err)
	}
	file, diags := hclparse.NewParser().ParseHCL(src, path)
	if diags.HasErrors() {
		return Provider{}, fmt.Errorf("read the provider lock: %w", diags)
	}
	return lockedProvider(file.Body), nil
}

// lockedProvider finds the Rootly provider among the locked ones.
func lockedProvider(body hcl.Body) Provider {
	content, _, _ := body.PartialContent(&hcl.BodySchema{
		Blocks: []hcl.BlockHeaderSchema{{Type: "provider", LabelNames: []string{"source"}}},
	})
	for _, block := range content.Blocks {
		source := block.Labels[0]
		if filepath.Base(source) != "rootly" {
			continue
		}
		attributes, _ := block.Body.JustAttributes()
		version := ""
		if attribute, ok := attributes["version"]; ok {
			if v, _ := attribute.Expr.Value(nil); v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
				version = v.AsString()
			}
		}
		return Provider{Source: source, Version: version}
	}
	return Provider{}
}

func removeIfThere(dir disk.Dir, name string) error {
	err := dir.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
