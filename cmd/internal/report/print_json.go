package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// A jsonHandler prints one document for each result; events as a list, or each as a line of ndjson. Characters that a
// terminal could obey are escaped, which reads back as the same text.
type jsonHandler struct{ *console }

func (h jsonHandler) document(value any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return h.print(h.Out, escape(b.String()))
}

// readable is JSON from elsewhere, as people and programs read it.
func readable(text []byte) string { return escape(string(shown.Readable(text))) }

// Summary prints lists that are sorted, and never null.
func (h jsonHandler) Summary(s *Summary) error { return h.document(sorted(s)) }

func (h jsonHandler) Changes(c Changes) error {
	c.Changes = append([]ObjectChange{}, c.Changes...)
	return h.document(c)
}

func (h jsonHandler) Status(s *Status) error { return h.document(s) }

func (h jsonHandler) Counts(list []Count, _ int) error {
	return h.document(append([]Count{}, list...))
}

func (h jsonHandler) Result(r Result) error {
	if other, known := r.Others[h.Format]; known {
		return h.document(other)
	}
	if r.Value == nil {
		return textHandler(h).aside(r)
	}
	return h.document(r.Value)
}

// Events closes the list even if reading fails: what was read is complete JSON.
func (h jsonHandler) Events(e Events) error {
	list := h.Format == "json"
	end := func(n int) error {
		switch {
		case list && n == 0:
			return h.print(h.Out, "[]\n")
		case list:
			return h.print(h.Out, "\n]\n")
		}
		return nil
	}
	n := 0
	for event, err := range e.List {
		if err != nil {
			return errors.Join(err, end(n))
		}
		row, err := h.Audit.Encode(event)
		if err != nil {
			return err
		}
		text := readable(row)
		switch {
		case list && n == 0:
			text = "[\n" + text
		case list:
			text = ",\n" + text
		default:
			text += "\n"
		}
		if err := h.print(h.Out, text); err != nil {
			return err
		}
		n++
	}
	return end(n)
}

func (h jsonHandler) Event(e audit.Event) error {
	row, err := h.Audit.Encode(e)
	if err != nil {
		return err
	}
	return h.print(h.Out, readable(row)+"\n")
}

// sorted is a copy of a summary whose order does not depend on timing. Differences keep theirs,
// which is that of the plan.
func sorted(s *Summary) *Summary {
	c := *s
	c.Types = order(s.Types, func(t TypeCount) []string { return []string{t.Type} })
	c.Coverage = order(s.Coverage, func(v Coverage) []string { return []string{v.Type} })
	c.NotImported = order(s.NotImported, func(n NotImported) []string { return []string{n.Type, n.Title, n.ID} })
	c.NotListed = order(s.NotListed, func(n NotListed) []string { return []string{n.Type, n.Parent, n.Reason} })
	c.Losses = order(s.Losses, func(l Loss) []string { return []string{l.Type, l.Title, l.ID, l.Path} })
	c.Repairs = order(s.Repairs, func(r Repair) []string { return []string{r.Address, r.Path, r.How} })
	c.Ignored = order(s.Ignored, func(i Ignored) []string { return []string{i.Address, i.Path} })
	c.Kept = order(s.Kept, func(v KeptCode) []string { return []string{v.Address} })
	c.Folds.Unfolded = order(s.Folds.Unfolded, func(v KeptCode) []string { return []string{v.Address} })
	byPlace := func(u Unresolved) []string { return []string{u.From, u.Path, u.ID} }
	c.References.Unresolved = order(s.References.Unresolved, byPlace)
	c.References.Cycles = order(s.References.Cycles, byPlace)
	c.Rerun, c.Split = s.Rerun.sorted(), s.Split.sorted()
	c.Files.Edited = order(s.Files.Edited, func(name string) []string { return []string{name} })
	c.Proof.Differences = order(s.Proof.Differences, func(Difference) []string { return nil })
	c.Proof.StandIn = s.Proof.StandIn || strings.HasPrefix(s.Proof.Provider, "stand-in")
	return &c
}

// order copies a list in the order of keys, and equal ones in the order that they have.
func order[T comparable](list []T, key func(T) []string) []T {
	c := append([]T{}, list...)
	slices.SortStableFunc(c, func(a, b T) int {
		return slices.Compare(key(a), key(b))
	})
	return c
}
