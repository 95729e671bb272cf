package splitter

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

const (
	SplitName  = "split.json" // says which directories are parts
	ownersName = "CODEOWNERS"
)

// splitV1 is the shape of split.json. Fields are added, never renamed.
type splitV1 struct {
	Version int      `json:"version"`
	By      string   `json:"split_by"`
	Across  string   `json:"across"`
	Owners  string   `json:"owner_format,omitempty"`
	Parts   []partV1 `json:"parts"` // in the order in which they are applied
}

type partV1 struct {
	Name  string   `json:"name"`            // of its directory
	Team  graph.ID `json:"team,omitempty"`  // that owns it; none for the shared part
	Owner string   `json:"owner,omitempty"` // as it was written to CODEOWNERS
	Reads []string `json:"reads"`           // parts whose state it reads
}

// readSplit reads which parts a directory has; nil for one that is not split.
func readSplit(dir string) (*splitV1, error) {
	path := filepath.Join(dir, SplitName)
	if stat, err := os.Stat(dir); err != nil || !stat.IsDir() {
		return nil, nil // which others complain about
	}
	content, err := disk.Dir(dir).Read(SplitName, disk.MostNote)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of parts: %w", err)
	}
	s, err := strict.Decode[splitV1](content)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, exit.WithHint(fmt.Errorf("%s: %w", path, err), "restore it from version control")
	}
	for _, p := range s.Parts {
		if err := disk.Dir(dir).Real(p.Name); err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// namesPart matches the names that are given to parts.
var namesPart = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$`)

// check refuses a list that no run wrote: commands go where its names lead.
func (s *splitV1) check() error {
	if s.Version != 1 {
		return fmt.Errorf("version %d is not supported", s.Version)
	}
	if s.By != ByTeam {
		return fmt.Errorf("split_by %q is not known", s.By)
	}
	if s.Across != "" && s.Across != AcrossState && s.Across != AcrossData {
		return fmt.Errorf("across %q is not known", s.Across)
	}
	if s.Owners != "" && !isOwnerFormat(s.Owners) {
		return fmt.Errorf("owner_format %q does not contain the team", s.Owners)
	}
	if len(s.Parts) == 0 {
		return errors.New("it lists no parts")
	}
	seen := map[string]bool{}
	for _, p := range s.Parts {
		if !namesPart.MatchString(p.Name) || !filepath.IsLocal(p.Name) {
			return fmt.Errorf("%q cannot be the name of a part", p.Name)
		}
		if seen[p.Name] {
			return fmt.Errorf("it lists %s twice", p.Name)
		}
		for _, name := range p.Reads {
			if !seen[name] {
				return fmt.Errorf("%s reads the state of %q, which does not come before it", p.Name, name)
			}
		}
		seen[p.Name] = true
	}
	return nil
}

// reads are the parts whose state each part reads.
func (s *splitV1) reads() map[string][]string {
	out := map[string][]string{}
	for _, p := range s.Parts {
		out[p.Name] = p.Reads
	}
	return out
}

// stageAbove stages what stands above the parts.
func (s *split) stageAbove() error {
	memo := splitV1{Version: 1, By: ByTeam, Across: s.o.Across, Owners: s.o.Owners}
	top := above(s.root.Dir.Path())
	for _, p := range s.parts {
		if p.gone {
			continue
		}
		part := partV1{Name: p.name, Team: s.teams.of(p.name), Reads: append([]string{}, slices.Sorted(maps.Keys(p.reads))...)}
		if part.Team != "" {
			slug := cmp.Or(s.teams.slugs[part.Team], part.Name)
			part.Owner = strings.ReplaceAll(s.o.Owners, TeamMark, slug)
			if err := ownable(top+part.Name+"/", part, slug); err != nil {
				return err
			}
		}
		memo.Parts = append(memo.Parts, part)
	}
	content, err := json.MarshalIndent(memo, "", "  ")
	if err != nil {
		return fmt.Errorf("write the list of parts: %w", err)
	}
	present, err := disk.Dir(s.o.Dir).Read(ownersName, disk.MostNote)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read who owns the code: %w", err)
	}
	s.above.Staged, err = s.above.Staged.Linked.Share.StageFiles(
		state.File{Name: SplitName, Content: append(shown.Readable(content), '\n')},
		state.File{Name: ownersName, Content: owners(present, s.memo.Parts, memo.Parts, top)},
	)
	return err
}

const ownersHead = `# Who owns which part. GitHub and GitLab read this file at the top of a repository, in docs/, and in
# .github/ or .gitlab/: copy these lines there. Paths are relative to the top of the repository.
# Objects without a single owner are in shared; add the owner of shared here.
`

// owners is the file CODEOWNERS: a line for each part, next to what people wrote. A line that an
// earlier run wrote is renewed; one that a person wrote for the same path stays.
func owners(present []byte, before, now []partV1, top string) []byte {
	old, wanted := map[string]bool{}, map[string]string{}
	for _, p := range before {
		if p.Owner != "" {
			old[ownerLine(p, top)] = true
		}
	}
	for _, p := range now {
		if p.Owner != "" {
			wanted[ownedPath(ownerLine(p, top))] = ownerLine(p, top)
		}
	}
	var out bytes.Buffer
	if len(present) == 0 {
		out.WriteString(ownersHead)
	}
	for line := range strings.Lines(string(present)) {
		text := strings.TrimRight(line, "\r\n")
		path := ownedPath(strings.TrimSpace(text))
		next, ours := wanted[path]
		switch {
		case ours && old[text]:
			text = next
		case old[text]:
			continue // of a part that is gone
		}
		delete(wanted, path)
		out.WriteString(text + "\n")
	}
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		out.WriteString(wanted[path] + "\n")
	}
	return out.Bytes()
}

func ownerLine(p partV1, top string) string {
	return strings.ReplaceAll(top+p.Name+"/", " ", `\ `) + " " + p.Owner
}

// ownedPath is the first word of a line; a blank behind a backslash is part of it.
func ownedPath(line string) string {
	for i := range len(line) {
		if (line[i] == ' ' || line[i] == '\t') && (i == 0 || line[i-1] != '\\') {
			return line[:i]
		}
	}
	return line
}

var (
	// ownerSlug is a slug that changes nothing about who else owns a part: no second owner, group, comment or line.
	ownerSlug = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

	// ownerName is one owner, as GitHub and GitLab know them: a user, a team, a group, a role, or an address.
	ownerName = regexp.MustCompile(`^(@@?[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*|[A-Za-z0-9_][A-Za-z0-9_.+-]*@[A-Za-z0-9][A-Za-z0-9.-]*)$`)
)

// isOwnerFormat reports whether a format makes an owner of the name of a team.
func isOwnerFormat(format string) bool {
	return strings.Contains(format, TeamMark) && ownerName.MatchString(strings.ReplaceAll(format, TeamMark, "team"))
}

// ownable refuses what would say something else in CODEOWNERS than that one team owns one directory.
func ownable(path string, p partV1, slug string) error {
	if !ownerSlug.MatchString(slug) || !ownerName.MatchString(p.Owner) {
		return exit.WithHint(fmt.Errorf("team %q (id %s) cannot be listed in %s: its slug would change the meaning of the line for %q", slug, p.Team, ownersName, p.Name),
			"change the slug of the team in Rootly to letters, digits and hyphens; or leave out --split-by")
	}
	if strings.ContainsFunc(path, func(r rune) bool { return strings.ContainsRune(`*?[]!#\`, r) || r != ' ' && !unicode.IsGraphic(r) }) {
		return exit.WithHint(fmt.Errorf("the path %q of team %q cannot be written to %s: it would match other paths there", path, slug, ownersName),
			"rename the directory, without any of * ? [ ] ! # and backslash; or choose another one with -o")
	}
	return nil
}

// above is the path from the top of the repository to a directory, with a slash at both ends.
func above(dir string) string {
	path := "/"
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "/" // in no repository
		}
		path = "/" + filepath.Base(dir) + path
		dir = parent
	}
}

// Whole refuses a directory that was split, or is a part of one, for an import that does not split.
func Whole(dir string) error {
	if dir == "" {
		return nil // which others refuse
	}
	memo, err := readSplit(dir)
	if err != nil {
		return err
	}
	if memo == nil {
		full, err := filepath.Abs(dir)
		if err != nil {
			return fmt.Errorf("find %s: %w", dir, err)
		}
		if memo, err = splitAround(full); err != nil || memo == nil {
			return err
		}
		return exit.WithHint(fmt.Errorf("%s is one part of an import that was split by %s", dir, memo.By),
			fmt.Sprintf("import with -o %s --split-by %s", filepath.Dir(filepath.Clean(dir)), memo.By))
	}
	return exit.WithHint(fmt.Errorf("%s holds an import that is split by %s", dir, memo.By), "add --split-by "+memo.By+", or choose another directory with -o")
}

// splitAround reads what the directory above one was split into, if that one is among it.
func splitAround(full string) (*splitV1, error) {
	memo, err := readSplit(filepath.Dir(full))
	if err != nil || memo == nil || !slices.ContainsFunc(memo.Parts, func(p partV1) bool { return p.Name == filepath.Base(full) }) {
		return nil, err
	}
	return memo, nil
}
