package state

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What this package reads may come from a clone of somebody else's repository. So it accepts only names that a run
// gives, and touches nothing else.

var (
	fileName   = regexp.MustCompile(`^[\pL\pN_][\pL\pM\pN_.-]*$`)
	reserved   = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`) // by Windows, whatever the extension
	fileDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)
	stageID    = regexp.MustCompile(`^[A-Z2-7]{26}$`) // of rand.Text
	stageName  = regexp.MustCompile(`^\.[^/\\]+` + regexp.QuoteMeta(stageInfix) + `[A-Z2-7]{26}$`)
)

// checkName refuses a name that a run does not give to a file: it leads out of the directory, belongs to this package
// or other tools, or means something else on another system.
func checkName(name string) error {
	if isShared(name) {
		return nil
	}
	known := isCode(name) || isValues(name) || slices.ContainsFunc([]string{".json", ".sh", ".tfvars.example"}, func(end string) bool {
		return strings.HasSuffix(name, end)
	})
	const longest = 200
	if !known || len(name) > longest || !fileName.MatchString(name) || reserved.MatchString(name) || name == barrierName {
		return fmt.Errorf("%q cannot be the name of a file of a run", name)
	}
	return nil
}

// check refuses a journal that no run wrote: the next run would follow it.
func (j journalV1) check(prefix string) error {
	parent, name, nested := strings.Cut(j.Stage, "/")
	switch id, beside := strings.CutPrefix(name, prefix); {
	case nested && parent == ".." && beside && stageID.MatchString(id):
	case nested && parent == privateDir && stageName.MatchString(name):
	default:
		return fmt.Errorf("%q cannot be the place of staged files", j.Stage)
	}
	seen := map[string]bool{}
	for i, step := range j.Steps {
		switch step.Name {
		case barrierName:
			if !step.Passing || i != 0 && i != len(j.Steps)-1 {
				return fmt.Errorf("%s is in the middle of the steps", barrierName)
			}
		case ignoreName, localName, manifestName:
		default:
			if err := checkName(step.Name); err != nil {
				return err
			}
		}
		for _, digest := range []string{step.Before, step.After} {
			if digest != "" && !fileDigest.MatchString(digest) {
				return fmt.Errorf("%q cannot be the digest of a file", digest)
			}
		}
		if step.Passing != (step.Name == barrierName) || step.Name != barrierName && seen[step.Name] {
			return fmt.Errorf("the step of %q cannot be part of a commit", step.Name)
		}
		seen[step.Name] = true
	}
	return nil
}

// check refuses a manifest that no run wrote: its names and addresses end up in code.
func (m *manifest) check() error {
	for _, name := range sortedNames(m.files) {
		if digest := m.files[name]; digest != "" && !fileDigest.MatchString(digest) {
			return fmt.Errorf("%q cannot be the digest of %s", digest, name)
		}
	}
	seen := make(map[string]bool, len(m.records))
	for _, r := range m.records {
		if r.Address.Data || seen[r.Address.String()] {
			return fmt.Errorf("%q cannot be the address of one more object", r.Address)
		}
		seen[r.Address.String()] = true
		for _, name := range []string{r.file, r.importFile} {
			if name == "" {
				continue
			}
			if err := checkName(name); err != nil {
				return err
			}
		}
		if r.digest != "" && !fileDigest.MatchString(r.digest) {
			return fmt.Errorf("%q cannot be the digest of %s", r.digest, r.Address)
		}
	}
	return nil
}
