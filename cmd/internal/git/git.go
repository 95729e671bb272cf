package git

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
)

// gitSettings come before every git command. A directory can carry a bare repository in it, with settings that name
// programs, and git would take it for the one to work in: only repositories with a .git, which no clone brings, count.
// Names of files are names, whatever git makes of ":" and "*" otherwise.
func settings() []string {
	return []string{"--no-pager", "--literal-pathspecs", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "i18n.commitEncoding=UTF-8"}
}

// A gitCall is where and how git runs. Values that are not ours follow --end-of-options or "--" in its arguments.
type call struct {
	dir     string
	in      io.Reader
	environ []string // more than the program's own
}

// Run runs git in a directory and returns what it prints.
func Run(ctx context.Context, dir string, args ...string) (string, error) {
	return call{dir: dir}.run(ctx, args...)
}

func (g call) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append(settings(), args...)...)
	cmd.Dir, cmd.Stdin, cmd.Env = g.dir, g.in, append(os.Environ(), g.environ...)
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		return "", exit.WithHint(
			fmt.Errorf("git %s in %s: %s", args[0], g.dir, oneLine(strings.TrimSpace(failed.String()+" "+err.Error()))),
			"the directory must be inside a git repository, and git on PATH",
		)
	}
	return out.String(), nil
}

// Show returns the content of a file at a revision, with no program of the user's settings to convert it.
func Show(ctx context.Context, dir, rev, path string) (string, error) {
	return Run(ctx, dir, "show", "--no-textconv", "--no-ext-diff", "--no-show-signature", "--end-of-options", rev+":"+path)
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

// Uncommitted lists what differs from the last commit in a directory and below. What git ignores is not in it.
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

// A Commit is what one commit holds.
type Commit struct {
	Paths   []string // from the directory
	Fresh   []string // those of them that git does not know yet
	Message string
	Author  Person // empty: whoever runs the program
}

// Make commits the paths as they are, and nothing else that waits to be committed. The message is taken as it is.
func (c Commit) Make(ctx context.Context, dir string) error {
	fresh := call{dir: dir, in: strings.NewReader(strings.Join(c.Fresh, "\x00"))}
	if len(c.Fresh) > 0 {
		if _, err := fresh.run(ctx, "add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul"); err != nil {
			return err
		}
	}
	file, err := os.CreateTemp("", "commit-message-*")
	if err != nil {
		return fmt.Errorf("write the commit message: %w", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.WriteString(c.Message); err != nil {
		return fmt.Errorf("write the commit message: %w", err)
	}
	call := call{dir: dir, in: strings.NewReader(strings.Join(c.Paths, "\x00"))}
	if c.Author.Email != "" {
		call.environ = []string{"GIT_AUTHOR_NAME=" + c.Author.Name, "GIT_AUTHOR_EMAIL=" + c.Author.Email}
	}
	_, err = call.run(ctx, "commit", "--quiet", "--only", "--cleanup=verbatim", "--file="+file.Name(), "--pathspec-from-file=-", "--pathspec-file-nul")
	return err
}

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
	return nil
}

// A Person is an author as git writes them. The zero value is nobody.
type Person struct{ Name, Email string }

// oneLine folds a text into one line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
