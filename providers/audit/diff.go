package audit

import (
	"strings"
	"unicode"
)

// A Part is a piece of a text that changed.
type Part struct {
	Text string
	Was  bool // stood there before
	Is   bool // stands there now
}

// mostWords is how many pairs of words are compared. It limits time and memory: a million allows two texts of a
// thousand different words each.
const mostWords = 1 << 22

// Words compares two texts word by word, unless almost nothing of the old one is left: then it returns nothing.
func Words(before, after string) []Part {
	parts, kept := Diff(before, after), 0
	for _, p := range parts {
		if p.Was && p.Is {
			kept += len(p.Text)
		}
	}
	if kept*3 < len(before) {
		return nil
	}
	return parts
}

// Diff compares two texts word by word. The unchanged and removed parts give the first text, the unchanged and added
// ones the second.
func Diff(before, after string) []Part {
	a, b := split(before), split(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var d parts
	d.add(true, true, a[:head]...)
	d.compare(a[head:len(a)-tail], b[head:len(b)-tail])
	d.add(true, true, a[len(a)-tail:]...)
	return d
}

type parts []Part

// add appends words to the last part if that is of the same kind.
func (d *parts) add(was, is bool, words ...string) {
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, "")
	if n := len(*d); n > 0 && (*d)[n-1].Was == was && (*d)[n-1].Is == is {
		(*d)[n-1].Text += text
		return
	}
	*d = append(*d, Part{Text: text, Was: was, Is: is})
}

// compare finds the longest common run of words, or gives up and replaces everything.
func (d *parts) compare(a, b []string) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > mostWords {
		d.add(true, false, a...)
		d.add(false, true, b...)
		return
	}
	length := common(a, b)
	width := len(b) + 1
	i, j := 0, 0
	var was, is []string
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			d.add(true, false, was...)
			d.add(false, true, is...)
			was, is = nil, nil
			d.add(true, true, a[i])
			i++
			j++
		case j == len(b) || i < len(a) && length[(i+1)*width+j] >= length[i*width+j+1]:
			was = append(was, a[i])
			i++
		default:
			is = append(is, b[j])
			j++
		}
	}
	d.add(true, false, was...)
	d.add(false, true, is...)
}

// common is the table of how many words the rests of two texts share.
func common(a, b []string) []uint16 {
	width := len(b) + 1
	length := make([]uint16, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			switch {
			case a[i] == b[j]:
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			default:
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	return length
}

// split divides a text into words and the text between them.
func split(text string) []string {
	var all []string
	start, inWord := 0, false
	for i, r := range text {
		word := unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
		if i > start && (word != inWord || !word) {
			all = append(all, text[start:i])
			start = i
		}
		inWord = word
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}
