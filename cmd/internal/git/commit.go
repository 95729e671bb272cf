package git

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// A Commit is the content of one commit.
type Commit struct {
	Paths   []string // from the directory
	Fresh   []string // those of them that git does not know yet
	Message string
	Author  Person // empty: whoever runs the program
}

// A Person is an author as git writes them. The zero value is nobody.
type Person struct{ Name, Email string }

// CanCommit makes sure that git can commit in a directory, before anything is written there.
func CanCommit(ctx context.Context, dir string) error {
	if _, err := Run(ctx, dir, "rev-parse", "--show-toplevel"); err != nil { // fails outside of a repository, and in .git
		return err
	}
	for _, who := range []string{"GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"} {
		if _, err := Run(ctx, dir, "var", who); err != nil {
			return exit.WithHint(err, "set your name and address for git: git config user.name, git config user.email")
		}
	}
	for _, begun := range []struct{ file, what string }{
		{"MERGE_HEAD", "merge"}, {"CHERRY_PICK_HEAD", "cherry-pick"}, {"REVERT_HEAD", "revert"}, {"rebase-merge", "rebase"}, {"rebase-apply", "rebase"},
	} {
		path, err := Run(ctx, dir, "rev-parse", "--git-path", begun.file)
		if err != nil {
			return err
		}
		if path = strings.TrimSuffix(path, "\n"); !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if _, err := os.Stat(path); err == nil {
			return exit.WithHint(fmt.Errorf("a %s is in progress in the repository of %s", begun.what, dir), "finish or abort it first; nothing was written")
		}
	}
	return nil
}

// Make commits the paths as they are, and nothing else that is staged. The message is used unchanged. If git refuses,
// the index stays as it was.
func (c Commit) Make(ctx context.Context, dir string) error {
	own, err := private.Make("", "commit")
	if err != nil {
		return fmt.Errorf("write the commit message: %w", err)
	}
	defer own.Close()
	message, err := own.Write("message", []byte(c.Message))
	if err != nil {
		return fmt.Errorf("write the commit message: %w", err)
	}
	if len(c.Fresh) > 0 {
		if _, err := listed(dir, c.Fresh).run(ctx, "add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul"); err != nil {
			return c.refused(ctx, dir, child{}, err)
		}
	}
	trace := filepath.Join(own.Path(), "trace")
	call := listed(dir, c.Paths)
	call.environ = []string{"GIT_TRACE2_EVENT=" + trace}
	if c.Author.Email != "" {
		call.environ = append(call.environ, "GIT_AUTHOR_NAME="+c.Author.Name, "GIT_AUTHOR_EMAIL="+c.Author.Email)
	}
	before := c.digests(dir)
	_, err = call.run(ctx, "commit", "--quiet", "--only", "--cleanup=verbatim", "--file="+message, "--pathspec-from-file=-", "--pathspec-file-nul")
	if err != nil {
		by := failedChild(trace)
		for i, digest := range c.digests(dir) {
			if digest != before[i] {
				by.changed = append(by.changed, c.Paths[i])
			}
		}
		return c.refused(ctx, dir, by, err)
	}
	return nil
}

// digests are digests of the present files, in the order of the paths.
func (c Commit) digests(dir string) [][sha256.Size]byte {
	all := make([][sha256.Size]byte, len(c.Paths))
	for i, path := range c.Paths {
		content, _ := disk.Dir(dir).Read(path, disk.MostCode) // nothing where it is removed
		all[i] = sha256.Sum256(content)
	}
	return all
}

// listed is a call that reads paths from its input.
func listed(dir string, paths []string) call {
	return call{dir: dir, in: strings.NewReader(strings.Join(paths, "\x00"))}
}

// refused unstages what was staged for a refused commit, and says who refused it.
func (c Commit) refused(ctx context.Context, dir string, by child, err error) error {
	truth := "the files in " + dir + " are written, but not committed, and what was staged before is still staged"
	if len(c.Fresh) > 0 {
		if _, undo := listed(dir, c.Fresh).run(context.WithoutCancel(ctx), "update-index", "--force-remove", "-z", "--stdin"); undo != nil {
			truth = "the files in " + dir + " are written and their names staged, but they are not committed"
		}
	}
	if ctx.Err() != nil {
		return exit.Begun(ctx.Err(), truth+"; run the command again to commit them")
	}
	var failed *Error
	said := err.Error()
	if errors.As(err, &failed) {
		said = failed.said
	}
	next := "correct what git reports"
	switch {
	case by.Class == "hook" && len(by.changed) > 0:
		return exit.Begun(fmt.Errorf("the %s hook of git changed %s and refused the commit: %s", by.Hook, strings.Join(by.changed, ", "), said),
			truth+". Commit them yourself, or have the hook leave them out and run the command again with --force, which overwrites what the hook changed")
	case by.Class == "hook":
		return exit.Begun(fmt.Errorf("the %s hook of git refused the commit: %s", by.Hook, said), truth+". Correct what the hook reports and run the command again, or commit them yourself")
	case by.Argv != nil && strings.Contains(said, "sign"):
		return exit.Begun(fmt.Errorf("git could not sign the commit with %s: %s", by.Argv[0], said), truth+". Correct user.signingKey or gpg.program, or turn commit.gpgSign off, and run the command again")
	case failed != nil && failed.Hint() != "":
		next = failed.Hint()
	}
	return exit.Begun(err, truth+". To commit them, "+next+" and run the command again")
}

// A child is a program that git started.
type child struct {
	Event string   `json:"event"`
	ID    int      `json:"child_id"`
	Class string   `json:"child_class"`
	Hook  string   `json:"hook_name"`
	Argv  []string `json:"argv"`
	Code  int      `json:"code"`
	Run   string   `json:"sid"` // of the git that reports it

	changed []string // files that were written while it ran
}

// failedChild is the first program that failed, according to git's trace. Git's messages do not name it, and come in
// many languages.
func failedChild(trace string) child {
	content, err := os.ReadFile(trace)
	if err != nil {
		return child{} // a git older than traces
	}
	first, started := "", map[int]child{}
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		var c child
		if json.Unmarshal(lines.Bytes(), &c) != nil {
			continue
		}
		if first == "" {
			first = c.Run
		}
		switch {
		case c.Run != first: // a git that a hook runs
		case c.Event == "child_start":
			started[c.ID] = c
		case c.Event == "child_exit" && c.Code != 0:
			return started[c.ID]
		}
	}
	return child{}
}
