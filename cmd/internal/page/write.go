package page

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed assets
var assets embed.FS

// asset is the text of an embedded file.
func asset(name string) (string, error) {
	content, err := assets.ReadFile("assets/" + name)
	if err != nil {
		return "", fmt.Errorf("read the embedded %s: %w", name, err)
	}
	return string(content), nil
}

// view is what the template sees.
type view struct {
	*Page
	Embedded embedded
	Rows     []row
	Weeks    []string
	Groups   []group
	ByTeam   [][]string
	Week     *week // what changed lately
	Worst    *Fact // the team with the most problems
	Rules    []rule
	Authors  bool // whether any finding says who changed its object
	Graphed  bool
}

// embedded is what makes the file independent of others.
type embedded struct {
	Policy                 string
	Style, GraphStyle      template.CSS
	Library, Early, Script template.JS
	Map, Details           string // compressed, as base64
}

// A group is the objects of one type.
type group struct {
	Type    string
	Objects []*Object
	OnCall  bool
}

// Write writes the file.
func Write(out io.Writer, p *Page) error {
	v := &view{Page: p, Groups: grouped(p.Objects), ByTeam: byTeam(p.Findings), Rules: byRule(p.Findings)}
	v.Authors = slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Author != "" })
	if p.Coverage != nil {
		v.Rows, v.Weeks = p.Coverage.rows(), p.Coverage.weeks()
	}
	if len(v.ByTeam) > 0 {
		worst := v.ByTeam[0]
		v.Worst = &Fact{Label: "Most problems", Value: worst[0], Part: "teams", Note: strings.Join([]string{many(worst[2], "error"), many(worst[3], "warning"), many(worst[4], "remark")}, ", ")}
	}
	if len(p.Events) > 0 {
		v.Week = weekOf(p.Events, p.Made)
	}
	v.Graphed = slices.ContainsFunc(p.Objects, func(o *Object) bool { return o.Layer > 0 })
	if err := v.embed(); err != nil {
		return err
	}
	text, err := asset("page.html")
	if err != nil {
		return err
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"lines": func(s string) []string { return strings.Split(s, "\n") },
		"join":  func(list []string) string { return strings.Join(list, ", ") },
		"time":  func(t time.Time) string { return t.Format("2006-01-02 15:04 MST") },
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"words": words,
		"plural": func(t Tone) string {
			return map[Tone]string{Bad: "Errors", Caution: "Warnings", Remark: "Remarks"}[t]
		},
	}).Parse(text)
	if err != nil {
		return fmt.Errorf("read the template of the page: %w", err)
	}
	var page bytes.Buffer // so that nothing is written of a page that cannot be written
	if err := t.Execute(&page, v); err != nil {
		return fmt.Errorf("fill in the page: %w", err)
	}
	if _, err := page.WriteTo(out); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// embed fills in style, scripts and data, and the policy that allows nothing else.
func (v *view) embed() error {
	texts := map[string]string{}
	for _, name := range []string{"page.css", "graph.css", "cytoscape.min.js", "early.js", "page.js"} {
		text, err := asset(name)
		if err != nil {
			return err
		}
		texts[name] = text
	}
	if !v.Graphed {
		texts["cytoscape.min.js"] = ""
	}
	// Texts in this program, not of the organisation.
	v.Embedded.Style, v.Embedded.GraphStyle = template.CSS(texts["page.css"]), template.CSS(texts["graph.css"])
	v.Embedded.Library, v.Embedded.Early, v.Embedded.Script = template.JS(texts["cytoscape.min.js"]), template.JS(texts["early.js"]), template.JS(texts["page.js"])
	v.Embedded.Policy = "default-src 'none'; style-src " + hashes(texts["page.css"], texts["graph.css"]) +
		"; script-src " + hashes(texts["cytoscape.min.js"], texts["early.js"], texts["page.js"]) + "; base-uri 'none'; form-action 'none'"
	var err error
	if v.Embedded.Map, err = pack(mapOf(v.Page)); err != nil {
		return err
	}
	v.Embedded.Details, err = pack(detailsOf(v.Objects))
	return err
}

// hashes allow texts in a Content-Security-Policy.
func hashes(texts ...string) string {
	var list []string
	for _, t := range texts {
		sum := sha256.Sum256([]byte(t))
		list = append(list, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join(list, " ")
}

// grouped puts objects into groups by type, both sorted.
func grouped(objects []*Object) []group {
	byType := map[string]*group{}
	var groups []*group
	for _, o := range objects {
		g := byType[o.Type]
		if g == nil {
			g = &group{Type: o.Type}
			byType[o.Type], groups = g, append(groups, g)
		}
		g.Objects = append(g.Objects, o)
		g.OnCall = g.OnCall || o.OnCall != ""
	}
	var sorted []group
	for _, g := range groups {
		slices.SortStableFunc(g.Objects, func(a, b *Object) int {
			return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Key, b.Key))
		})
		sorted = append(sorted, *g)
	}
	slices.SortFunc(sorted, func(a, b group) int { return cmp.Compare(a.Type, b.Type) })
	return sorted
}

// byTeam counts findings by team and tone, the most problems first: remarks are none. Those of no team come last.
func byTeam(list []Finding) [][]string {
	counts := map[string]map[Tone]int{}
	var teams []string
	none := map[Tone]int{}
	for _, f := range list {
		if len(f.Teams) == 0 {
			none[f.Tone]++
		}
		for _, team := range f.Teams {
			if counts[team] == nil {
				counts[team] = map[Tone]int{}
				teams = append(teams, team)
			}
			counts[team][f.Tone]++
		}
	}
	slices.SortFunc(teams, func(a, b string) int {
		x, y := counts[a], counts[b]
		return cmp.Or(cmp.Compare(y[Bad]+y[Caution], x[Bad]+x[Caution]), cmp.Compare(y[Bad], x[Bad]), cmp.Compare(y[Remark], x[Remark]), cmp.Compare(a, b))
	})
	var rows [][]string
	row := func(team string, n map[Tone]int) {
		rows = append(rows, []string{team, fmt.Sprint(n[Bad] + n[Caution]), fmt.Sprint(n[Bad]), fmt.Sprint(n[Caution]), fmt.Sprint(n[Remark])})
	}
	for _, team := range teams {
		row(team, counts[team])
	}
	if len(rows) > 0 && len(none) > 0 {
		row("(no team)", none)
	}
	return rows
}

// A rule is what it finds, with the number of all findings of its tone if it is the first of them.
type rule struct {
	Finding
	Count    int
	Findings []Finding
}

// byRule groups findings by tone and rule, the worst first.
func byRule(list []Finding) []rule {
	var rules []rule
	for _, tone := range []Tone{Bad, Caution, Remark} {
		first, at := len(rules), map[string]int{}
		for _, f := range list {
			if f.Tone != tone {
				continue
			}
			i, known := at[f.Rule]
			if !known {
				i = len(rules)
				at[f.Rule], rules = i, append(rules, rule{Finding: f})
			}
			rules[i].Findings = append(rules[i].Findings, f)
			rules[first].Count++
		}
	}
	return rules
}

// many counts something.
func many(n, what string) string {
	if n == "1" {
		return n + " " + what
	}
	return n + " " + what + "s"
}

// words is a type as people write it.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
