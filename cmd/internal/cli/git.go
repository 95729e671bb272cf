package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// gitSettings come before every git command. A directory can carry a bare repository in it, with settings that name
// programs, and git would take it for the one to work in: only repositories with a .git, which no clone brings, count.
// Names of files are names, whatever git makes of ":" and "*" otherwise.
func gitSettings() []string {
	return []string{"--no-pager", "--literal-pathspecs", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "i18n.commitEncoding=UTF-8"}
}

// A gitCall is where and how git runs. Values that are not ours follow --end-of-options or "--" in its arguments.
type gitCall struct {
	dir     string
	in      io.Reader
	environ []string // more than the program's own
}

// git runs git in a directory and returns what it prints.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	return gitCall{dir: dir}.run(ctx, args...)
}

func (g gitCall) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append(gitSettings(), args...)...)
	cmd.Dir, cmd.Stdin, cmd.Env = g.dir, g.in, append(os.Environ(), g.environ...)
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		return "", advised(
			fmt.Errorf("git %s in %s: %s", args[0], g.dir, oneLine(strings.TrimSpace(failed.String()+" "+err.Error()))),
			"the directory must be inside a git repository, and git on PATH",
		)
	}
	return out.String(), nil
}

// gitShow returns the content of a file at a revision, with no program of the user's settings to convert it.
func gitShow(ctx context.Context, dir, rev, path string) (string, error) {
	return git(ctx, dir, "show", "--no-textconv", "--no-ext-diff", "--no-show-signature", "--end-of-options", rev+":"+path)
}

// A gitChange is a file that differs from the last commit.
type gitChange struct {
	status string // two letters, as git status prints them
	path   string // from the directory that was asked about
}

// isUnknown reports whether git does not know the file.
func (c gitChange) isUnknown() bool { return c.status == "??" }

// isNew reports whether the last commit does not have the file.
func (c gitChange) isNew() bool { return strings.ContainsAny(c.status, "?A") }

// uncommitted lists what differs from the last commit in a directory and below. What git ignores is not in it.
func uncommitted(ctx context.Context, dir string) ([]gitChange, error) {
	prefix, err := git(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	out, err := git(ctx, dir, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--", ".")
	if err != nil {
		return nil, err
	}
	var changes []gitChange
	for _, entry := range strings.Split(out, "\x00") {
		if len(entry) < 4 {
			continue // behind the last
		}
		if path, below := strings.CutPrefix(entry[3:], strings.TrimSuffix(prefix, "\n")); below {
			changes = append(changes, gitChange{status: entry[:2], path: path})
		}
	}
	return changes, nil
}

// A commit is what one commit holds.
type commit struct {
	paths   []string // from the directory
	fresh   []string // those of them that git does not know yet
	message string
	author  person // empty: whoever runs the program
}

// make commits the paths as they are, and nothing else that waits to be committed. The message is taken as it is.
func (c commit) make(ctx context.Context, dir string) error {
	fresh := gitCall{dir: dir, in: strings.NewReader(strings.Join(c.fresh, "\x00"))}
	if len(c.fresh) > 0 {
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
	if _, err := file.WriteString(c.message); err != nil {
		return fmt.Errorf("write the commit message: %w", err)
	}
	call := gitCall{dir: dir, in: strings.NewReader(strings.Join(c.paths, "\x00"))}
	if c.author.email != "" {
		call.environ = []string{"GIT_AUTHOR_NAME=" + c.author.name, "GIT_AUTHOR_EMAIL=" + c.author.email}
	}
	_, err = call.run(ctx, "commit", "--quiet", "--only", "--cleanup=verbatim", "--file="+file.Name(), "--pathspec-from-file=-", "--pathspec-file-nul")
	return err
}

// canCommit makes sure that git can commit in a directory, before anything is written there.
func canCommit(ctx context.Context, dir string) error {
	if _, err := git(ctx, dir, "rev-parse", "--show-toplevel"); err != nil { // fails outside of a repository, and in .git
		return err
	}
	for _, who := range []string{"GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"} {
		if _, err := git(ctx, dir, "var", who); err != nil {
			return advised(err, "tell git who you are: git config user.name, git config user.email")
		}
	}
	return nil
}
