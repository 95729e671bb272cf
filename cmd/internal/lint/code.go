package lint

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/managed"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// ignoreRule is written above a block to keep a rule from it.
var ignoreRule = regexp.MustCompile(`^\s*(?:#|//)\s*rootly-lint:ignore\s+(\S+)(?:\s+(.*\S))?\s*$`)

// Code is where a directory has the objects.
type codeOf struct {
	at     map[graph.Target]located
	blocks map[located]*codeBlock // by address without an index
	files  map[string]code.Source // in Terraform's own syntax, by path
}

// A located object is at an address of a root module.
type located struct{ dir, address string }

// block is where the block is that makes the object: the address without an index.
func (l located) block() located {
	l.address, _, _ = strings.Cut(l.address, "[")
	return l
}

// A codeBlock is a resource block.
type codeBlock struct {
	item    code.Item
	file    string
	line    int
	ignores []*ignored
}

// An ignored rule is one that a comment keeps from a block.
type ignored struct {
	rule, reason string
	line         int
	used         bool
}

// readCode reads what a directory manages and where; nothing where there is no directory.
func readCode(ctx context.Context, w world.World, o *Settings, org *Organisation) (*codeOf, error) {
	c := &codeOf{at: map[graph.Target]located{}, blocks: map[located]*codeBlock{}, files: map[string]code.Source{}}
	if o.Dir == "" {
		return c, nil
	}
	if err := c.exported(filepath.Clean(o.Dir), org.export); err != nil {
		return nil, err
	}
	parts, err := splitter.PartsOf(o.Dir)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		part = filepath.Clean(part)
		if err := managed.EachFile(part, c.scan); err != nil {
			return nil, err
		}
		if err := c.objects(ctx, w, o.Engine, part); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// scan notes the resource blocks of a file. What cannot be scanned has none.
func (c *codeOf) scan(path string, src []byte) {
	source, _ := code.Parse(src)
	dir, path := filepath.Dir(path), filepath.ToSlash(path)
	c.files[path] = source
	for _, item := range source.Items {
		if item.Kind != "resource" || len(item.Labels) != 2 {
			continue
		}
		b := &codeBlock{item: item, file: path, line: 1 + bytes.Count(src[:item.Head], []byte{'\n'})}
		first := 1 + bytes.Count(src[:item.Start], []byte{'\n'})
		for n, line := range strings.Split(string(src[item.Start:item.Head]), "\n") {
			if m := ignoreRule.FindStringSubmatch(line); m != nil {
				b.ignores = append(b.ignores, &ignored{rule: m[1], reason: m[2], line: first + n})
			}
		}
		c.blocks[located{dir, strings.Join(item.Labels, ".")}] = b
	}
}

// objects finds the addresses of the live objects: by the state, by what earlier runs wrote, and by import blocks. What
// an export says counts least.
func (c *codeOf) objects(ctx context.Context, w world.World, engine, dir string) error {
	at, err := managed.Addresses(ctx, w, engine, dir)
	for target, address := range at {
		c.at[target] = located{dir, address}
	}
	return err
}

// exported takes the addresses of an export, where the directory is one. It may have been read.
func (c *codeOf) exported(dir string, s *drift.Snapshot) (err error) {
	if s == nil {
		s, err = snapshot.ReadSnapshot(dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, o := range s.Objects {
		c.at[o.Key()] = located{dir, o.Address}
	}
	return nil
}

// place says where the code of each finding is, and leaves out those that a comment keeps away.
func (c *codeOf) place(found []Finding) []Finding {
	return slices.DeleteFunc(found, func(f Finding) bool {
		b := c.blocks[c.of(f).block()]
		if b == nil {
			return false
		}
		for _, i := range b.ignores {
			if i.rule == f.Rule && i.reason != "" {
				i.used = true
				return true
			}
		}
		return false
	})
}

// firstFile is the first file with a block; empty where there is none.
func (c *codeOf) firstFile() string {
	var first string
	for _, b := range c.blocks {
		if first == "" || b.file < first {
			first = b.file
		}
	}
	return first
}

// of is where the object of a finding is.
func (c *codeOf) of(f Finding) located { return c.at[graph.Target{Type: f.Type, ID: f.ID}] }

// locate fills in where the code of the findings is.
func (c *codeOf) locate(found []Finding) {
	for i := range found {
		at := c.of(found[i])
		found[i].Address = at.address
		if b := c.blocks[at.block()]; b != nil {
			found[i].File, found[i].Line = b.file, b.line
		}
	}
}

// idle are findings about comments that keep nothing away, or give no reason. What the configuration says of the rule
// about them holds.
func (c *codeOf) idle(config *config) []Finding {
	var found []Finding
	order := func(a, b located) int { return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(a.address, b.address)) }
	for _, at := range slices.SortedFunc(maps.Keys(c.blocks), order) {
		b := c.blocks[at]
		for _, i := range b.ignores {
			f := Finding{Rule: idleIgnore.ID, Severity: idleIgnore.Severity, Type: strings.Split(at.address, ".")[0], Address: at.address, File: b.file, Line: i.line, Path: i.rule}
			switch {
			case !known(i.rule):
				f.Message = "no rule is called " + strconv.Quote(i.rule)
			case i.reason == "":
				f.Message = "the comment that ignores " + i.rule + " gives no reason"
			case !i.used:
				f.Message = "nothing is left of " + i.rule + " that the comment would ignore"
			default:
				continue
			}
			found = append(found, f)
		}
	}
	return config.apply(found)
}

func known(rule string) bool {
	_, ok := Lookup(rule)
	return ok
}

// idleIgnore is the rule about comments and entries that ignore nothing.
var idleIgnore = Rule{
	ID: "unused-ignore", Family: "Configuration", Severity: Warning,
	Title: "An ignored finding does not exist",
	Means: "A comment or an entry of the configuration ignores a rule for an object that the rule does not find, or gives no reason.",
	Why:   "It would hide the next finding of that rule, which nobody has seen.",
	Fix:   "Delete the comment or the entry.",
	amend: (*amending).dropLine,
	check: func(*Organisation, *finder) {},
}
