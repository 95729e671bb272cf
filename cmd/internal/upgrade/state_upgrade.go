package upgrade

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/legacy"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// Settings are the flags of state upgrade.
type Settings struct {
	from   string
	Out    string
	Engine string
	Rename bool
}

const movesHead = "# Written by terraformer-rootly state upgrade. Remove this file after it was applied everywhere.\n\n"

// Argument reads the argument: an old state, or a directory of them.
func (o *Settings) Argument(args []string) error {
	if len(args) != 1 {
		return exit.Usage(fmt.Errorf("state upgrade takes one state file or one directory, not %d", len(args)),
			"terraformer-rootly state upgrade FILE|DIRECTORY")
	}
	o.from = args[0]
	return nil
}

// Run reads old states, merges them, and writes one of today.
func Run(ctx context.Context, w world.World, o *Settings) error {
	u := &upgrade{out: o.Out}
	if err := u.find(o.from); err != nil {
		return err
	}
	if err := u.read(); err != nil {
		return err
	}
	if err := u.merge(ctx, w, o); err != nil {
		return err
	}
	if err := u.write(); err != nil {
		return err
	}
	return u.tell(w)
}

// An upgrade is one run of state upgrade.
type upgrade struct {
	paths   []string // of old states; the one that is replaced comes first
	out     string
	before  [][]byte // as they were read
	states  []*legacy.State
	merged  *legacy.Merged
	content []byte
	backup  string // what was in the place of the new state
	moves   string // file with moved blocks
}

// find lists the states, and decides where to write the new one.
func (u *upgrade) find(from string) error {
	stat, err := os.Stat(from)
	if err != nil {
		return exit.WithHint(fmt.Errorf("open the state: %w", err), "give a state file, or the directory with one state for each service")
	}
	if !stat.IsDir() {
		u.paths = []string{from}
		u.out = cmp.Or(u.out, from)
	} else {
		if u.paths, err = statesBelow(from); err != nil {
			return err
		}
		u.out = cmp.Or(u.out, filepath.Join(from, planning.StateName))
	}
	if stat, err := os.Stat(u.out); err == nil && stat.IsDir() || err != nil && filepath.Ext(u.out) == "" {
		u.out = filepath.Join(u.out, planning.StateName)
	}
	if len(u.paths) == 0 {
		return exit.WithHint(fmt.Errorf("%s: no %s in it", from, planning.StateName), "give the directory that the earlier tool wrote, such as generated/rootly")
	}
	if at := slices.IndexFunc(u.paths, u.replaces); at > 0 {
		own := u.paths[at]
		u.paths = slices.Insert(slices.Delete(u.paths, at, at+1), 0, own)
	}
	return nil
}

// replaces reports whether the new state comes into the place of an old one.
func (u *upgrade) replaces(path string) bool {
	a, errA := os.Stat(path)
	b, errB := os.Stat(u.out)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func statesBelow(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".terraform": // not the state, but where it is kept
			return filepath.SkipDir
		case !d.IsDir() && d.Name() == planning.StateName:
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for states: %w", err)
	}
	return paths, nil
}

// read reads the states, none of which may be in use.
func (u *upgrade) read() error {
	old := false
	for _, path := range u.paths {
		if err := unlocked(path); err != nil {
			return err
		}
		content, err := disk.ReadFile(path, disk.MostCode)
		if err != nil {
			return fmt.Errorf("read the state: %w", err)
		}
		s, err := legacy.Read(path, printed.One(content))
		if err != nil {
			return err
		}
		old = old || s.Old()
		u.before, u.states = append(u.before, content), append(u.states, s)
	}
	if !old && len(u.states) == 1 {
		return exit.WithHint(fmt.Errorf("%s is already a current state", u.paths[0]), "nothing was written; there is nothing to upgrade")
	}
	return nil
}

// unlocked refuses a state that an engine is at work on.
func unlocked(path string) error {
	lock := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".lock.info")
	if _, err := os.Stat(lock); err != nil {
		return nil
	}
	return exit.WithHint(fmt.Errorf("%s is locked", path), "wait for the run that holds the lock; if there is none, remove "+lock)
}

// merge makes the new state.
func (u *upgrade) merge(ctx context.Context, w world.World, o *Settings) error {
	s, err := schema.Snapshot()
	if err != nil {
		return err
	}
	u.merged = legacy.Merge(u.states, legacy.Options{
		Readable: o.Rename,
		Today: func(resourceType string) (int, bool) {
			t := s.Resources[resourceType]
			if t == nil {
				return 0, false
			}
			return int(t.Version), true
		},
	})
	options := tfstate.Options{Provider: tfstate.TerraformProvider}
	engine, err := planning.FindEngine(ctx, w, o.Engine, filepath.Dir(u.out))
	switch {
	case err != nil && o.Engine != "":
		return err
	case err == nil && engine.Name == "tofu":
		options.Provider = tfstate.TofuProvider
	}
	if len(u.states) == 1 || u.replaces(u.paths[0]) {
		options.Lineage, options.Serial = u.states[0].Lineage, u.states[0].Serial+1
	}
	u.content, err = tfstate.New(u.merged.Resources, options)
	return err
}

// write keeps what is replaced, and puts the new state there whole or not at all.
func (u *upgrade) write() error {
	out, name := disk.Of(u.out)
	present, err := out.Read(name, disk.MostCode)
	switch {
	case err == nil && !u.replaces(u.paths[0]):
		return exit.WithHint(fmt.Errorf("%s already contains another state", u.out), "choose another file with -o")
	case err == nil && !bytes.Equal(present, u.before[0]):
		return exit.WithHint(fmt.Errorf("%s changed while it was read", u.out), "nothing was written; run the command again")
	case err == nil:
		if err := u.keep(present); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write the state: %w", err)
	}
	if err := os.MkdirAll(string(out), 0o755); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	if err := u.writeMoves(filepath.Join(string(out), state.MovesFile)); err != nil {
		return err
	}
	if err := unlocked(u.out); err != nil {
		return err
	}
	if err := out.Replace(name, u.content, 0o600); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}

// keep writes the backup under a name that is free.
func (u *upgrade) keep(present []byte) error {
	for n := 1; ; n++ {
		u.backup = u.out + ".old.backup"
		if n > 1 {
			u.backup = fmt.Sprintf("%s.old.%d.backup", u.out, n)
		}
		dir, name := disk.Of(u.backup)
		there, err := dir.Read(name, disk.MostCode)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := dir.Replace(name, present, 0o600); err != nil {
				return fmt.Errorf("keep the old state: %w", err)
			}
			return nil
		case err != nil:
			return fmt.Errorf("keep the old state: %w", err)
		case bytes.Equal(there, present):
			return nil
		}
	}
}

func (u *upgrade) writeMoves(path string) error {
	if len(u.merged.Moved) == 0 {
		return nil
	}
	dir, name := disk.Of(path)
	present, err := dir.Read(name, disk.MostCode)
	if err == nil && !bytes.HasPrefix(present, []byte(movesHead)) {
		return exit.WithHint(fmt.Errorf("%s contains something else", path), "nothing was written; move the file away")
	}
	u.moves = path
	if err := dir.Replace(name, append([]byte(movesHead), legacy.Blocks(u.merged.Moved)...), 0o644); err != nil {
		return fmt.Errorf("write the moved blocks: %w", err)
	}
	return nil
}
