package lint

import (
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// A need says why a rule cannot be checked in full; empty: it can.
type need func(o *Organisation) string

// theUsers, theShifts and theAPI are what the API answers apart from objects.
func theUsers(o *Organisation) string {
	switch {
	case o.Users == nil && o.from != "":
		return o.from + " does not say who has left"
	case o.Users == nil:
		return "the users could not be read"
	}
	return o.Live.Partial
}

func theShifts(o *Organisation) string {
	if o.Shifts == nil {
		return "who is on call is not known"
	}
	return ""
}

func theAPI(o *Organisation) string {
	if o.from != "" {
		return o.from + " does not say what is gone, and what the provider refuses"
	}
	return ""
}

func fourWeeks(o *Organisation) string {
	if o.Window.Length() < enough {
		return "a share of the time needs four weeks"
	}
	return ""
}

// allOf needs all objects of some types. A feature that the organisation does not have is no reason.
func allOf(types ...string) need {
	return func(o *Organisation) string {
		var missing []string
		for _, short := range types {
			absent := slices.ContainsFunc(o.Live.Skipped, func(s rootly.Skipped) bool { return selection.Short(s.Type) == short && s.Absent() })
			if !o.complete(short) && !absent {
				missing = append(missing, short)
			}
		}
		if len(missing) == 0 {
			return ""
		}
		return "not all objects are known of " + strings.Join(missing, ", ")
	}
}

func theTasks(o *Organisation) string {
	if len(o.workflows()) > 0 && !o.knowsTasks() {
		return "not all tasks of workflows are known"
	}
	return ""
}

func theReferrers(o *Organisation) string {
	var missing []string
	for _, short := range listed {
		if len(o.of(short)) > 0 && !o.knowsReferrers("rootly_"+short) {
			missing = append(missing, short)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "not everything is known that may use " + strings.Join(missing, ", ")
}

// An Unchecked is some rules that could not be checked in full, and why.
type Unchecked struct {
	Rules  []string
	Reason string
}

// unchecked says which rules could not be checked, by reason.
func unchecked(o *Organisation) []Unchecked {
	var list []Unchecked
	for _, r := range Rules() {
		for _, n := range r.needs {
			reason := n(o)
			if reason == "" {
				continue
			}
			i := slices.IndexFunc(list, func(u Unchecked) bool { return u.Reason == reason })
			if i < 0 {
				i, list = len(list), append(list, Unchecked{Reason: reason})
			}
			list[i].Rules = append(list[i].Rules, r.ID)
			break
		}
	}
	return list
}
