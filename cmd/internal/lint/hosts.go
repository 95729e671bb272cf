package lint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// sarif writes SARIF 2.1.0, whose findings code hosts show on the line of the code.
func (r *Result) sarif(out io.Writer) error {
	type message struct {
		Text string `json:"text"`
	}
	type artifact struct {
		URI string `json:"uri"`
	}
	type region struct {
		StartLine int `json:"startLine"`
	}
	type physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   region   `json:"region"`
	}
	type location struct {
		Physical physical            `json:"physicalLocation"` // without which GitHub refuses the whole file
		Logical  []map[string]string `json:"logicalLocations"`
	}
	type result struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      message           `json:"message"`
		Locations    []location        `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	type ruleV1 struct {
		ID    string  `json:"id"`
		Short message `json:"shortDescription"`
		Full  message `json:"fullDescription"`
		Help  message `json:"help"`
	}
	rules, results := []ruleV1{}, []result{}
	for _, rule := range Rules() {
		rules = append(rules, ruleV1{rule.ID, message{rule.Title}, message{rule.Means + " " + rule.Why}, message{rule.Fix}})
	}
	for _, f := range r.Findings {
		file, line := r.placeOf(f)
		l := location{physical{artifact{file}, region{line}}, []map[string]string{{"fullyQualifiedName": f.subject(), "kind": "resource"}}}
		level := map[Severity]string{Info: "note", Warning: "warning", Error: "error"}[f.Severity]
		results = append(results, result{f.Rule, level, message{literal(f.subject() + " " + f.Message + f.where())}, []location{l}, map[string]string{"finding/v1": f.fingerprint()}})
	}
	driver := map[string]any{"name": world.Program, "version": world.Version(), "rules": rules}
	return indented(out, map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []any{map[string]any{"tool": map[string]any{"driver": driver}, "results": results}},
	})
}

// placeOf is where code hosts show a finding: in its block, or else at the beginning of the code, or of the configuration
// where there is no code.
func (r *Result) placeOf(f Finding) (file string, line int) {
	if f.File == "" {
		return cmp.Or(r.elsewhere, FileName), 1
	}
	return f.File, max(1, f.Line)
}

// literal keeps names from being read as links, which messages of SARIF may have.
func literal(text string) string {
	return strings.NewReplacer("\\", "\\\\", "[", "\\[", "]", "\\]").Replace(text)
}

// fingerprint is the same for the same finding in a later run.
func (f Finding) fingerprint() string {
	sum := sha256.Sum256([]byte(f.Key()))
	return hex.EncodeToString(sum[:16])
}

// gitlab writes GitLab's code quality format, which needs a place in a file.
func (r *Result) gitlab(out io.Writer) error {
	type entry struct {
		Description string `json:"description"`
		CheckName   string `json:"check_name"`
		Fingerprint string `json:"fingerprint"`
		Severity    string `json:"severity"`
		Location    struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		} `json:"location"`
	}
	list := []entry{}
	for _, f := range r.Findings {
		e := entry{Description: f.subject() + " " + f.Message + f.where(), CheckName: f.Rule, Fingerprint: f.fingerprint()}
		e.Severity = map[Severity]string{Info: "info", Warning: "minor", Error: "major"}[f.Severity]
		e.Location.Path, e.Location.Lines.Begin = r.placeOf(f)
		list = append(list, e)
	}
	return indented(out, list)
}
