// Command upstream writes the rules of gitleaks in the form that package secret embeds.
//
// It is a module of its own, so that the program does not depend on a scanner's forty modules for
// the sake of one table:
//
//	cd providers/graph/secret/upstream && go run . >../rules.json
//
// Rules that only hold for files of a certain name are left out, for there are no files here.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"

	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"
)

type table struct {
	Allowlist allow  `toml:"allowlist" json:"allow"`
	Rules     []rule `toml:"rules" json:"rules"`
}

type rule struct {
	ID       string   `toml:"id" json:"id"`
	Regex    string   `toml:"regex" json:"regex"`
	Path     string   `toml:"path" json:"-"`
	Group    int      `toml:"secretGroup" json:"group,omitempty"`
	Entropy  float64  `toml:"entropy" json:"entropy,omitempty"`
	Keywords []string `toml:"keywords" json:"keywords"`
	Allow    []allow  `toml:"allowlists" json:"allow,omitempty"`
}

type allow struct {
	Target    string   `toml:"regexTarget" json:"target,omitempty"`
	Paths     []string `toml:"paths" json:"-"`
	Regexes   []string `toml:"regexes" json:"regexes,omitempty"`
	StopWords []string `toml:"stopwords" json:"stopwords,omitempty"`
}

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "upstream:", err)
		os.Exit(1)
	}
}

func write(w io.Writer) error {
	var t table
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &t); err != nil {
		return fmt.Errorf("read the rules: %w", err)
	}
	kept := t.Rules[:0]
	for _, r := range t.Rules {
		if r.Path != "" || r.Regex == "" {
			continue
		}
		own, err := regexp.Compile(r.Regex)
		if err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
		r.Allow = general(r.Allow, own)
		kept = append(kept, r)
	}
	t.Rules = kept
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(t)
}

// general removes rules that only apply to certain files, and literal examples, which a scanner of our own repository
// would report as secrets.
func general(all []allow, own *regexp.Regexp) []allow {
	var kept []allow
	for _, a := range all {
		if len(a.Paths) > 0 {
			continue
		}
		a.Regexes = slices.DeleteFunc(a.Regexes, own.MatchString)
		if len(a.Regexes)+len(a.StopWords) > 0 {
			kept = append(kept, a)
		}
	}
	return kept
}
