package report

import (
	"encoding/json"
	"fmt"
	"io"
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

// WriteCounts prints counts as tables with bars, one for each question, as CSV or as JSON. In tables, only the first so many
// of each question are shown; 0 shows all.
func WriteCounts(out io.Writer, output string, top int, all []Count) error {
	switch output {
	case "json":
		if all == nil {
			all = []Count{}
		}
		text, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return err
		}
		return write(out, string(text)+"\n")
	case "csv":
		rows := NewRecords(out, "csv", []string{"by", "value", "events"})
		for _, c := range all {
			if err := rows.Cells([]string{c.By, c.Value, strconv.Itoa(c.Events)}); err != nil {
				return err
			}
		}
		return rows.Close()
	}
	for first := true; len(all) > 0; first = false {
		n := 0
		for n < len(all) && all[n].By == all[0].By {
			n++
		}
		if !first {
			if err := write(out, "\n"); err != nil {
				return err
			}
		}
		if err := writeBars(out, terminalWidth(out), top, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// writeBars prints the counts of one question.
func writeBars(out io.Writer, width, top int, counts []Count) error {
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
	if err := WriteTable(out, []string{counts[0].By, "events", ""}, rows); err != nil {
		return err
	}
	if rest := len(counts) - len(shown); rest > 0 {
		return write(out, fmt.Sprintf("and %d more\n", rest))
	}
	return nil
}
