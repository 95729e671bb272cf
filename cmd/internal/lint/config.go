package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsimple"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

// FileName is the file with severities and exceptions.
const FileName = ".rootly-lint.hcl"

// A config is what the file says:
//
//	rule "unused" { severity = "off" }
//
//	ignore "schedule-gap" {
//	  object = "rootly_schedule/Office hours"  // type and name, or type and id
//	  reason = "closed at night"
//	}
type config struct {
	Rules   []ruleConfig   `hcl:"rule,block"`
	Ignores []ignoreConfig `hcl:"ignore,block"`
}

type ruleConfig struct {
	ID       string `hcl:"id,label"`
	Severity string `hcl:"severity"` // of its findings; off: no findings
}

type ignoreConfig struct {
	Rule   string `hcl:"rule,label"`
	Object string `hcl:"object"`
	Reason string `hcl:"reason"`

	used bool
}

// readConfig reads the file of a name, or FileName where there is one.
func readConfig(name string) (*config, error) {
	c, given := &config{}, name != ""
	if !given {
		name = FileName
	}
	src, err := disk.ReadFile(name, disk.MostNote)
	if errors.Is(err, fs.ErrNotExist) && !given {
		return c, nil
	}
	if err != nil {
		return nil, exit.Usage(fmt.Errorf("read the configuration: %w", err), "--config names a file of HCL")
	}
	if err := hclsimple.Decode(name, src, nil, c); err != nil {
		return nil, exit.Usage(fmt.Errorf("read the configuration: %w", err), "blocks are rule and ignore")
	}
	for _, r := range c.Rules {
		if err := knownIn(name, r.ID); err != nil {
			return nil, err
		}
		if _, ok := ParseSeverity(r.Severity); !ok && r.Severity != "off" {
			return nil, exit.Usage(fmt.Errorf("%s: severity %q of rule %s", name, r.Severity, r.ID), "give error, warning, info or off")
		}
	}
	for _, i := range c.Ignores {
		if err := knownIn(name, i.Rule); err != nil {
			return nil, err
		}
		if strings.TrimSpace(i.Reason) == "" {
			return nil, exit.Usage(fmt.Errorf("%s: %s is ignored for %s without a reason", name, i.Rule, i.Object), "add: reason = \"...\"")
		}
	}
	return c, nil
}

func knownIn(file, id string) error {
	if !known(id) {
		return exit.Usage(fmt.Errorf("%s: no rule is called %q", file, id), "lint --explain all lists them")
	}
	return nil
}

// apply gives findings the severities of the file, and leaves out what it ignores.
func (c *config) apply(found []Finding) []Finding {
	severities := map[string]string{}
	for _, r := range c.Rules {
		severities[r.ID] = r.Severity
	}
	kept := found[:0]
	for _, f := range found {
		word, changed := severities[f.Rule]
		if word == "off" || c.ignores(f) {
			continue
		}
		if changed {
			f.Severity, _ = ParseSeverity(word)
		}
		kept = append(kept, f)
	}
	return kept
}

func (c *config) ignores(f Finding) bool {
	for i := range c.Ignores {
		e := &c.Ignores[i]
		if e.Rule == f.Rule && (e.Object == f.Type+"/"+f.Name || e.Object == f.Type+"/"+string(f.ID) || e.Object == f.Address && f.Address != "") {
			e.used = true
			return true
		}
	}
	return false
}

// idle are findings about entries that ignore nothing.
func (c *config) idle() []Finding {
	var found []Finding
	for _, e := range c.Ignores {
		if !e.used {
			kind, name, _ := strings.Cut(e.Object, "/")
			found = append(found, Finding{Rule: idleIgnore.ID, Severity: idleIgnore.Severity, Type: kind, Name: name, Path: e.Rule,
				Message: "nothing is left of " + e.Rule + " that the configuration would ignore"})
		}
	}
	return found
}

// baselineV1 is the file with findings that are known. Fields are added, never renamed.
type baselineV1 struct {
	Version  int      `json:"version"`
	Findings []string `json:"findings"` // rule, type, id and path, sorted
}

func readBaseline(name string) (map[string]bool, error) {
	src, err := disk.ReadFile(name, disk.MostCode)
	if err != nil {
		return nil, exit.Usage(fmt.Errorf("read the baseline: %w", err), "write it with --update-baseline")
	}
	b, err := strict.Decode[baselineV1](src)
	if err != nil || b.Version != 1 {
		return nil, exit.Usage(fmt.Errorf("%s is not a baseline", name), "write it with --update-baseline")
	}
	keys := map[string]bool{}
	for _, key := range b.Findings {
		keys[key] = true
	}
	return keys, nil
}

func writeBaseline(name string, found []Finding) error {
	b := baselineV1{Version: 1, Findings: []string{}}
	for _, f := range found {
		b.Findings = append(b.Findings, f.Key())
	}
	slices.Sort(b.Findings)
	content, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	dir, base := disk.Of(name)
	if err := dir.Replace(base, append(content, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}
