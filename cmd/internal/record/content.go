package record

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
)

// content is the data of a pulse, next to its summary.
type content struct {
	Status   string                `json:"status"`
	Name     string                `json:"name"`
	Seconds  int                   `json:"seconds,omitempty"`
	Run      pipeline.Run          `json:"run"`
	Actions  map[change.Action]int `json:"actions"`
	Modules  []change.Module       `json:"modules,omitempty"`
	Changes  []change.Change       `json:"changes,omitempty"`
	Outputs  []change.Change       `json:"outputs,omitempty"`
	LeftOut  int                   `json:"changes_left_out,omitempty"`
	Checks   []string              `json:"failed_checks,omitempty"`
	Drifted  int                   `json:"changed_outside_of_code,omitempty"`
	Errored  bool                  `json:"plan_incomplete,omitempty"`
	Engine   string                `json:"engine_version,omitempty"`
	PlanHash string                `json:"plan_sha256,omitempty"`
}

func (a Account) content() content {
	c := content{
		Status: a.Status, Name: a.Name, Seconds: int(a.lasted().Seconds()), Run: a.Run,
		Actions: a.Plan.Actions(), Modules: a.Plan.Modules(), Changes: a.Plan.Changes, Outputs: a.Plan.Outputs,
		Checks: a.Plan.Checks, Drifted: a.Plan.Drifted, Errored: a.Plan.Errored || a.Plan.Partial, Engine: a.Plan.Engine, PlanHash: a.Plan.Source,
	}
	if a.Most > 0 && len(c.Changes) > a.Most {
		c.LeftOut, c.Changes = len(c.Changes)-a.Most, c.Changes[:a.Most]
	}
	if a.Most > 0 && len(c.Outputs) > a.Most {
		c.LeftOut, c.Outputs = c.LeftOut+len(c.Outputs)-a.Most, c.Outputs[:a.Most]
	}
	return c
}

func (a Account) lasted() time.Duration {
	if a.Started.IsZero() || a.Ended.IsZero() {
		return 0
	}
	return a.Ended.Sub(a.Started)
}

// plainURL matches addresses without a meaning in Markdown.
var plainURL = regexp.MustCompile(`^https?://[^\s\pC<>()\[\]|*` + "`" + `]+$`)

// told is a value in Markdown, escaped: branches and names of people can contain anything.
func told(value string) string {
	if plainURL.MatchString(value) {
		return value
	}
	return report.Markdown(value)
}

// report is the incident's text, in Markdown.
func (a Account) report() string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- %s: %s\n", name, told(value))
		}
	}
	line("Status", a.Status)
	line("Run", a.Run.URL)
	request := a.Run.PullRequestURL
	if request == "" {
		request = a.Run.PullRequest
	}
	line("Pull request", request)
	line("Approved by", a.Run.Approver)
	line("Started by", a.Run.Actor)
	line("Repository", a.Run.Repository)
	line("Branch", a.Run.Branch)
	line("Commit", a.Run.Commit)
	line("Workspace", a.Run.Workspace)
	if d := a.lasted(); d > 0 {
		line("Took", d.Round(time.Second).String())
	}
	if a.Plan.Errored {
		line("Plan", "was interrupted, so more may have changed")
	} else if a.Plan.Partial {
		line("Plan", "was incomplete, so more is to come")
	}
	for _, text := range a.Plan.Checks {
		line("Failed check", text)
	}
	if !a.Plan.Empty() {
		b.WriteString("\nChanges:\n\n" + a.Plan.Markdown(a.Most))
	}
	return b.String()
}
