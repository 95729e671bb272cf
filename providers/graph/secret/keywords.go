package secret

import "strings"

// keywords finds words in texts, all at once and in any case (Aho and Corasick's automaton, with a table instead of
// failure links).
type keywords struct {
	classes [256]uint8 // the column of each byte
	width   int
	next    []uint16  // row by row: the next state
	words   [][]int16 // by state: the words that end there
}

// newKeywords makes the automaton. A word is known by its index.
func newKeywords(words []string) *keywords {
	k := &keywords{width: 1}
	for _, w := range words {
		for _, c := range []byte(strings.ToLower(w)) {
			if k.classes[c] == 0 {
				k.classes[c] = uint8(k.width)
				k.width++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		k.classes[c] = k.classes[c+'a'-'A']
	}
	k.addState()
	for i, w := range words {
		k.addWord(int16(i), strings.ToLower(w))
	}
	k.close()
	return k
}

func (k *keywords) addState() uint16 {
	k.next = append(k.next, make([]uint16, k.width)...)
	k.words = append(k.words, nil)
	return uint16(len(k.words) - 1)
}

func (k *keywords) addWord(id int16, word string) {
	state := uint16(0)
	for _, c := range []byte(word) {
		at := int(state)*k.width + int(k.classes[c])
		if k.next[at] == 0 {
			made := k.addState()
			k.next[at] = made
		}
		state = k.next[at]
	}
	k.words[state] = append(k.words[state], id)
}

// close fills the table, so that every byte leads somewhere from every state.
func (k *keywords) close() {
	fail := make([]uint16, len(k.words))
	var queue []uint16
	for c := range k.width {
		if s := k.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		k.words[state] = append(k.words[state], k.words[fail[state]]...)
		for c := range k.width {
			at := int(state)*k.width + c
			other := k.next[int(fail[state])*k.width+c]
			if s := k.next[at]; s != 0 {
				fail[s] = other
				queue = append(queue, s)
				continue
			}
			k.next[at] = other
		}
	}
}

// A hit is a word in a text.
type hit struct {
	word, end int
}

// scan appends where the words end in a text.
func (k *keywords) scan(hits []hit, text string) []hit {
	state := 0
	for i := range len(text) {
		state = int(k.next[state*k.width+int(k.classes[text[i]])])
		if ends := k.words[state]; ends != nil {
			for _, w := range ends {
				hits = append(hits, hit{int(w), i + 1})
			}
		}
	}
	return hits
}
