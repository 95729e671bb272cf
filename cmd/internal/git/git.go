package git

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// grace is how much time an interrupted git has to end by itself.
const grace = 5 * time.Second

// settings precede every git command. A directory can contain a bare repository with settings that name programs, and
// git would use it: only repositories with a .git count, which no clone brings. Names of files are literal, although
// git gives ":" and "*" a meaning.
func settings() []string {
	return []string{"--no-pager", "--literal-pathspecs", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "i18n.commitEncoding=UTF-8"}
}

// A call is where and how git runs. Values that are not ours follow --end-of-options or "--" in its arguments.
type call struct {
	dir     string
	in      io.Reader
	environ []string // more than the program's own
}

// Run runs git in a directory and returns what it prints. The error is an [Error].
func Run(ctx context.Context, dir string, args ...string) (string, error) {
	return call{dir: dir}.run(ctx, args...)
}

func (g call) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append(settings(), args...)...)
	cmd.Dir, cmd.Stdin = g.dir, g.in
	cmd.Env = slices.Concat(os.Environ(), []string{"LANGUAGE=en"}, g.environ) // its messages are read
	if runtime.GOOS != "windows" {
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it removes its lock files
		cmd.WaitDelay = grace
	}
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	err := cmd.Run()
	if err == nil {
		return out.String(), nil
	}
	said := oneLine(strings.TrimSpace(failed.String() + "\n" + out.String()))
	if said == "" {
		said = err.Error()
	}
	return "", &Error{command: args[0], dir: g.dir, said: said, err: errors.Join(err, ctx.Err())}
}

// Show returns the content of a file at a revision, without running conversion programs from the user's settings. The
// error is [fs.ErrNotExist] if the revision does not have the file, or if there is no commit.
func Show(ctx context.Context, dir, rev, path string) (string, error) {
	tree, err := Run(ctx, dir, "ls-tree", "-z", "--end-of-options", rev, path)
	if err != nil {
		if rev == "HEAD" && unborn(ctx, dir) {
			return "", fs.ErrNotExist
		}
		return "", err
	}
	if tree == "" {
		return "", fs.ErrNotExist
	}
	return Run(ctx, dir, "show", "--no-textconv", "--no-ext-diff", "--no-show-signature", "--end-of-options", rev+":"+path)
}

// unborn reports whether the current branch has no commit.
func unborn(ctx context.Context, dir string) bool {
	branch, err := Run(ctx, dir, "symbolic-ref", "--quiet", "HEAD")
	if err != nil {
		return false
	}
	_, err = Run(ctx, dir, "show-ref", "--verify", "--quiet", strings.TrimSpace(branch))
	return err != nil
}

// A Change is a file that differs from the last commit.
type Change struct {
	status string // two letters, as git status prints them
	Path   string // from the directory that was asked about
}

// IsUnknown reports whether git does not know the file.
func (c Change) IsUnknown() bool { return c.status == "??" }

// IsNew reports whether the last commit does not have the file.
func (c Change) IsNew() bool { return strings.ContainsAny(c.status, "?A") }

// Uncommitted lists the differences from the last commit in a directory and below, without files that git ignores.
func Uncommitted(ctx context.Context, dir string) ([]Change, error) {
	prefix, err := Run(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	out, err := Run(ctx, dir, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--", ".")
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, entry := range strings.Split(out, "\x00") {
		if len(entry) < 4 {
			continue // behind the last
		}
		if path, below := strings.CutPrefix(entry[3:], strings.TrimSuffix(prefix, "\n")); below {
			changes = append(changes, Change{status: entry[:2], Path: path})
		}
	}
	return changes, nil
}

// oneLine joins a text into one line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
