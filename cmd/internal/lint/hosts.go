package lint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// sarif is SARIF 2.1.0, whose findings code hosts show on the line of the code.
func (r *Result) sarif() map[string]any {
	type message = sarifMessage
	type artifact = sarifArtifact
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
		Fixes        []sarifFix        `json:"fixes,omitempty"`
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
		results = append(results, result{f.Rule, level, message{literal(f.subject() + " " + f.Message + f.Where())}, []location{l}, map[string]string{"finding/v1": f.fingerprint()}, f.sarifFixes()})
	}
	driver := map[string]any{"name": world.Program, "version": world.Version(), "rules": rules}
	return map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []any{map[string]any{"tool": map[string]any{"driver": driver}, "results": results}},
	}
}

type (
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifFix struct {
		Description sarifMessage  `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted struct {
			StartLine   int `json:"startLine"`
			StartColumn int `json:"startColumn"`
			EndLine     int `json:"endLine"`
			EndColumn   int `json:"endColumn"`
		} `json:"deletedRegion"`
		Inserted sarifMessage `json:"insertedContent"`
	}
)

// sarifFixes are the patches of a finding as changes of whole lines.
func (f Finding) sarifFixes() []sarifFix {
	if len(f.Patches) == 0 {
		return nil
	}
	rule, _ := Lookup(f.Rule)
	fix := sarifFix{Description: sarifMessage{rule.Fix}}
	for _, p := range f.Patches {
		c := sarifChange{Artifact: sarifArtifact{p.File}}
		for _, lines := range p.Changes {
			var r sarifReplacement
			r.Deleted.StartLine, r.Deleted.StartColumn, r.Deleted.EndLine, r.Deleted.EndColumn = lines.At, 1, lines.At+lines.Count, 1
			r.Inserted.Text = secret.Mask(strings.Join(lines.With, ""))
			c.Replacements = append(c.Replacements, r)
		}
		fix.Changes = append(fix.Changes, c)
	}
	return []sarifFix{fix}
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

// qualityV1 is an entry of GitLab's code quality format, which needs a place in a file.
type qualityV1 struct {
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

func (r *Result) gitlab() []qualityV1 {
	list := []qualityV1{}
	for _, f := range r.Findings {
		e := qualityV1{Description: f.subject() + " " + f.Message + f.Where(), CheckName: f.Rule, Fingerprint: f.fingerprint()}
		e.Severity = map[Severity]string{Info: "info", Warning: "minor", Error: "major"}[f.Severity]
		e.Location.Path, e.Location.Lines.Begin = r.placeOf(f)
		list = append(list, e)
	}
	return list
}
