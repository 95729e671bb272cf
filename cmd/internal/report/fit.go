package report

import "slices"

// gap is how many columns stand between two cells.
const gap = 2

// narrowest is how many columns a cell keeps, at least, where it is shortened.
const narrowest = 14

// isProse are the heads of columns whose cells can be shortened behind a word.
var isProse = map[string]bool{"who": true, "name": true, "changed": true, "remarks": true}

// fit makes rows fit into so many columns of a terminal: it shortens the widest texts behind a word, and where that is not
// enough it drops columns, in the order of the given heads. Those that have no place in the order always stay.
func fit(head []string, rows [][]string, room int, drop ...string) ([]string, [][]string) {
	for room > 0 {
		if widths := fitting(head, rows, room); widths != nil {
			return head, shortened(rows, widths)
		}
		at := -1
		for at < 0 && len(drop) > 0 {
			at, drop = slices.Index(head, drop[0]), drop[1:]
		}
		if at < 0 {
			break
		}
		head = slices.Delete(slices.Clone(head), at, at+1)
		for i, row := range rows {
			rows[i] = slices.Delete(slices.Clone(row), at, at+1)
		}
	}
	return head, rows
}

// fitting gives the widths of the columns in so much room, or nil where cells would become too narrow.
func fitting(head []string, rows [][]string, room int) []int {
	widths := widthsOf(append([][]string{head}, rows...))
	need := gap * (len(widths) - 1)
	for _, w := range widths {
		need += w
	}
	for need > room {
		widest := -1
		for i, w := range widths {
			if isProse[head[i]] && w > narrowest && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil
		}
		widths[widest]--
		need--
	}
	return widths
}

// shortened cuts cells to the widths of their columns, behind a word.
func shortened(rows [][]string, widths []int) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = slices.Clone(row)
		for n, cell := range row {
			out[i][n] = cutAtWord(clean(cell), widths[n])
		}
	}
	return out
}

// cutAtWord shortens a text to so many columns. Words stay whole, unless there is only one.
func cutAtWord(s string, room int) string {
	if columns(s) <= room {
		return s
	}
	head, tail := split(s, room-len(ellipsis))
	if tail != "" && !isBreak(tail[0]) {
		for at := len(head) - 1; at > 0; at-- {
			if isBreak(head[at]) {
				head = head[:at]
				break
			}
		}
	}
	for head != "" && isBreak(head[len(head)-1]) {
		head = head[:len(head)-1]
	}
	return head + ellipsis
}

// isBreak reports whether a word ends before a byte.
func isBreak(c byte) bool { return c == ' ' || c == ',' }
