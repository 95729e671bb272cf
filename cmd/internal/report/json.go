package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteJSON prints the summary as one JSON document. Lists are sorted, and never null. Characters
// that a terminal could obey are escaped, which reads back as the same text.
func WriteJSON(out io.Writer, s *Summary) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(sorted(s)); err != nil {
		return fmt.Errorf("encode summary: %w", err)
	}
	if _, err := io.WriteString(out, escape(b.String())); err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
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
