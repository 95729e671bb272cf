package report

import (
	"fmt"
	"strconv"
	"strings"
)

// A Count is how many events have a value.
type Count struct {
	By     string `json:"by"`
	Value  string `json:"value"`
	Events int    `json:"events"`
}

// longestBar is how many columns the bar of the largest count has.
const longestBar = 30

// bars are the counts of one question, the first so many of them; 0 shows all.
func bars(width, top int, counts []Count) string {
	largest, shown := 0, counts
	if top > 0 && len(counts) > top {
		shown = counts[:top]
	}
	values, longest := make([]string, len(shown)), longestBar
	for i, c := range shown {
		largest = max(largest, c.Events)
		values[i] = cutAtWord(clean(c.Value), mostCell)
		if width > 0 {
			longest = min(longest, width-columns(values[i])-2*gap-max(len("events"), len(strconv.Itoa(c.Events))))
		}
	}
	var rows [][]string
	for i, c := range shown {
		bar := strings.Repeat("█", max(1, c.Events*longest/largest))
		rows = append(rows, []string{values[i], strconv.Itoa(c.Events), bar})
	}
	text := table(width, []string{counts[0].By, "events", ""}, rows)
	if rest := len(counts) - len(shown); rest > 0 {
		text += fmt.Sprintf("and %d more\n", rest)
	}
	return text
}
