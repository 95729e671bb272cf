package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A week is what changed in the seven days before the page was made.
type week struct {
	From, To       time.Time
	Count          int
	People         []person
	Recent, Before []Event
}

// A person is who changed how much of what.
type person struct {
	Name  string
	Count int
	What  string
}

func weekOf(events []Event, made time.Time) *week {
	w := &week{From: made.AddDate(0, 0, -7), To: made}
	types := map[string]map[string]int{}
	for _, e := range events {
		if e.At.Before(w.From) {
			w.Before = append(w.Before, e)
			continue
		}
		w.Recent = append(w.Recent, e)
		if types[e.Who] == nil {
			types[e.Who] = map[string]int{}
		}
		types[e.Who][e.Did+" "+words(e.Type)]++
	}
	w.Count = len(w.Recent)
	for name, did := range types {
		p := person{Name: name}
		for _, n := range did {
			p.Count += n
		}
		p.What = most(did)
		w.People = append(w.People, p)
	}
	slices.SortFunc(w.People, func(a, b person) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return w
}

// most lists what was done most often.
func most(did map[string]int) string {
	const shown = 4
	var names []string
	for name := range did {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(did[b], did[a]), cmp.Compare(a, b)) })
	rest := len(names) - shown
	names = names[:min(shown, len(names))]
	for i, name := range names {
		if did[name] > 1 {
			names[i] = fmt.Sprintf("%s (%d)", name, did[name])
		}
	}
	if rest > 0 {
		names = append(names, fmt.Sprintf("%d more", rest))
	}
	return strings.Join(names, ", ")
}

// Summary says how much there was, by how many people.
func (w *week) Summary() string {
	switch {
	case w.Count == 0:
		return "Nothing was changed in the last 7 days."
	case len(w.People) == 1:
		return fmt.Sprintf("%s in the last 7 days, all by %s.", many(fmt.Sprint(w.Count), "change"), w.People[0].Name)
	}
	return fmt.Sprintf("%s in the last 7 days, by %d people and programs.", many(fmt.Sprint(w.Count), "change"), len(w.People))
}
