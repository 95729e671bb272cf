package typelist

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// result lists all types for programs, and for people those of workflow tasks as one.
func result(all []*entry, counted bool) report.Result {
	head := []string{"type", "parent", "listed at", "by default", "remarks"}
	if counted {
		head = append([]string{"type", "objects"}, head[1:]...)
	}
	var rows [][]string
	for _, e := range folded(all) {
		row := []string{e.Type}
		if counted {
			row = append(row, e.objects())
		}
		rows = append(rows, append(row, e.parents(), e.place(), e.byDefault(), strings.Join(e.Remarks, "; ")))
	}
	return report.Result{Value: all, Head: head, Rows: rows, Spare: []string{"listed at", "parent", "by default"}}
}

// place is the collection, or one of them with the number of the others.
func (e *entry) place() string {
	last := e.Paths[len(e.Paths)-1]
	if len(e.Paths) == 1 {
		return last
	}
	return fmt.Sprintf("%s and %d more", last, len(e.Paths)-1)
}

func (e *entry) byDefault() string {
	if e.Default {
		return "yes"
	}
	return "no"
}

func (e *entry) objects() string {
	if e.Objects == nil {
		return "-"
	}
	return strconv.Itoa(*e.Objects)
}

// parents names the owners; the kinds of workflows, which own the same things, as one.
func (e *entry) parents() string {
	var names []string
	workflows := 0
	for _, p := range e.Parents {
		if catalogue.Lookup(p).IsWorkflow() {
			if workflows++; workflows > 1 {
				continue
			}
			names = append(names, "workflow_*")
			continue
		}
		names = append(names, catalogue.Lookup(p).Short())
	}
	return strings.Join(names, ", ")
}
