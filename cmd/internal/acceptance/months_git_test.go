package acceptance

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// git runs git in the repository.
func (m *months) git(args ...string) string {
	m.t.Helper()
	out, err := exec.CommandContext(m.t.Context(), "git", append([]string{"-C", m.repo}, args...)...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("git %s: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit commits an import, and holds that another one right after it finds nothing to do.
func (m *months) commit() error {
	if err := m.reimport(); err != nil {
		return err
	}
	m.git("add", "--all", "rootly") // an export waits for its own commit
	m.git("commit", "--quiet", "--allow-empty", "--message", "Rootly: as imported")
	if err := m.reimport(); err != nil {
		return err
	}
	if left := m.git("status", "--porcelain"); left != "" {
		return fmt.Errorf("an import of what was just committed changes %s:\n%s", left, m.git("diff"))
	}
	return m.silent(m.git("log", "-1", "--patch"))
}

// export exports next to the root module, with a commit or without, and holds that a commit has what differs from the one
// before.
func (m *months) export(random *rand.Rand) error {
	args := []string{"export", "-o", filepath.Join(m.repo, "export"), "--url", m.root.url, "--token", token, "--resources", monthsTypes}
	commits := random.IntN(3) > 0
	if commits {
		args = append(args, "--commit")
	}
	before := ""
	if exists(filepath.Join(m.repo, ".git", "refs", "heads", m.git("branch", "--show-current"))) {
		before = m.git("rev-parse", "HEAD")
	}
	o := program(m.t, m.root.provider.environ, args...)
	if o.code != 0 && o.code != 3 {
		return fmt.Errorf("export: exit code %d: %s", o.code, o.talk)
	}
	if !commits {
		return m.silent(o.talk)
	}
	now := map[string]string{}
	for id, object := range m.objects() {
		now[id] = m.saying(object)
	}
	changed := len(now)
	for id, was := range m.exported {
		switch is, lives := now[id]; {
		case lives && is == was:
			changed--
		case !lives:
			changed++
		}
	}
	m.exported = maps.Clone(now)
	after := m.git("rev-parse", "HEAD")
	if left := m.git("status", "--porcelain", "--", "export"); left != "" {
		return fmt.Errorf("export --commit leaves %s", left)
	}
	if (before != after) != (changed > 0) {
		return fmt.Errorf("%d objects changed since the last export, and HEAD went from %q to %s", changed, before, after)
	}
	if before == after {
		return nil
	}
	message := m.git("log", "-1", "--format=%B")
	counted := regexp.MustCompile(`^Rootly: (\d+) objects? changed`).FindStringSubmatch(message)
	if counted == nil || counted[1] != fmt.Sprint(changed) {
		return fmt.Errorf("%d objects changed since the last export, but the commit says %s", changed, message)
	}
	return errors.Join(m.silent(message), m.silent(m.git("log", "-1", "--patch")))
}
