package record

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// A Tie says which object in Rootly a change is about, by slug.
type Tie struct {
	Kind post.Kind
	Slug string
	on   *regexp.Regexp // addresses that it applies to; nil for all
}

// String is the tie in the form of a flag: service:postgres.
func (t Tie) String() string { return word(t.Kind) + ":" + t.Slug }

// words are what flags call the kinds.
var words = []struct {
	word string
	kind post.Kind
}{
	{"service", post.Service}, {"environment", post.Environment}, {"team", post.Team},
	{"functionality", post.Functionality}, {"cause", post.Cause}, {"incident-type", post.IncidentType},
}

func word(kind post.Kind) string {
	for _, w := range words {
		if w.kind == kind {
			return w.word
		}
	}
	return string(kind)
}

var mapping = regexp.MustCompile(`^\s*(.*\S)\s*=\s*([a-z-]+)\s*:\s*(\S+)\s*$`)

// ParseTie reads "module.db.* = service:postgres". In the addresses, a star stands for any text
// and a question mark for one character.
func ParseTie(text string) (Tie, error) {
	m := mapping.FindStringSubmatch(text)
	if m == nil {
		return Tie{}, fmt.Errorf("%q does not look like 'module.db.* = service:postgres'", text)
	}
	for _, w := range words {
		if w.word == m[2] {
			return Tie{Kind: w.kind, Slug: m[3], on: glob(m[1])}, nil
		}
	}
	return Tie{}, fmt.Errorf("%q in %q must be one of service, environment, team, functionality, cause and incident-type", m[2], text)
}

func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	return regexp.MustCompile("^(?s:" + quoted + ")$")
}

// Applying returns the ties that apply to a plan, each once, in their order.
func Applying(ties []Tie, p *change.Plan) []Tie {
	seen := map[string]bool{}
	var list []Tie
	for _, t := range ties {
		if !seen[t.String()] && t.touches(p) {
			seen[t.String()] = true
			list = append(list, t)
		}
	}
	return list
}

func (t Tie) touches(p *change.Plan) bool {
	if t.on == nil {
		return true
	}
	for _, c := range p.Changes {
		if t.on.MatchString(c.Address) || c.Previous != "" && t.on.MatchString(c.Previous) {
			return true
		}
	}
	return false
}
