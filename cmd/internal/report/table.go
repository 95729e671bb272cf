package report

import (
	"slices"
	"strings"
)

// table is rows under a head in aligned columns, which are as wide as their widest cell
// needs. Columns of numbers stand to the right; no line ends in blanks. Without a head, or with
// one of empty words, only the rows are printed. Cells are made harmless for terminals. In one that is too narrow,
// texts are shortened behind a word, and of the columns those under the spare heads are left out, the first one first.
func table(width int, head []string, rows [][]string, spare ...string) string {
	if width > 0 && len(spare) > 0 {
		head, rows = fit(head, slices.Clone(rows), width, spare...)
	}
	var b strings.Builder
	for _, line := range tableLines(head, rows) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func tableLines(head []string, rows [][]string) []string {
	all := rows
	if strings.Join(head, "") != "" {
		all = append([][]string{head}, rows...)
	}
	widths := widthsOf(all)
	right := make([]bool, len(widths))
	for i := range right {
		right[i] = holdsNumbers(rows, i)
	}
	lines := make([]string, len(all))
	for i, row := range all {
		lines[i] = tableLine(row, widths, right)
	}
	return lines
}

func tableLine(row []string, widths []int, right []bool) string {
	var b strings.Builder
	for i, cell := range row {
		if i > 0 {
			b.WriteString("  ")
		}
		cell = clean(cell)
		fill := blanks(widths[i] - columns(cell))
		if right[i] {
			b.WriteString(fill + cell)
		} else {
			b.WriteString(cell + fill)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func widthsOf(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(clean(cell)))
		}
	}
	return widths
}

// holdsNumbers tells whether a column has nothing but numbers, with "-" or nothing for none.
func holdsNumbers(rows [][]string, column int) bool {
	found := false
	for _, row := range rows {
		if column >= len(row) || row[column] == "" || row[column] == "-" {
			continue
		}
		if strings.Trim(row[column], "0123456789,.") != "" {
			return false
		}
		found = true
	}
	return found
}
