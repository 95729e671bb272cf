package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/document"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// flagOf names the flag that sets an attribute.
var flagOf = map[string]string{
	"severity_id": "--severity", "service_ids": "--service or --map", "environment_ids": "--environment or --map",
	"incident_type_ids": "--incident-type", "functionality_ids": "--functionality", "group_ids": "--team",
	"cause_ids": "--cause", "kind": "--incident-kind", "status": "--incident-status", "title": "--summary",
	"summary": "--summary", "started_at": "--started-at", "labels": "--label",
}

// Hint is the hint for an error that has none of its own.
func Hint(err error) string {
	var invalid *post.Invalid
	switch {
	case errors.As(err, &invalid) && len(invalid.Fields) > 0:
		var flags []string
		for _, field := range invalid.Fields {
			if flag := flagOf[field]; flag != "" && !contains(flags, flag) {
				flags = append(flags, flag)
			}
		}
		return "give " + strings.Join(flags, " and ")
	case errors.As(err, &invalid):
		return "the organisation requires a field that no flag sets: make it optional under Configuration > Incident Properties, or record a pulse"
	case errors.Is(err, document.ErrNoPlan):
		return "make one with terraform plan -out=FILE && terraform show -json FILE"
	case errors.Is(err, document.ErrFormat):
		return "a newer version of this program may support it"
	case errors.Is(err, post.ErrUnknown):
		return "a slug is the name in lower case with dashes, as in Rootly's URLs"
	}
	return ""
}

func contains(list []string, text string) bool {
	for _, have := range list {
		if have == text {
			return true
		}
	}
	return false
}

// Sentence is the line that reports the result for an event.
func Sentence(o post.Outcome, as, title string) string {
	where := ""
	if o.URL != "" {
		where = " (" + o.URL + ")"
	}
	switch o.Deed {
	case post.Created:
		return fmt.Sprintf("recorded as %s %s%s: %s", as, o.ID, where, title)
	case post.Updated:
		return fmt.Sprintf("updated %s %s of this run%s: %s", as, o.ID, where, title)
	}
	return fmt.Sprintf("already recorded as %s %s%s: %s", as, o.ID, where, title)
}
