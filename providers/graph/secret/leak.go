package secret

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Watch looks for known secrets in files that are about to be written, in any spelling: as they are, escaped for
// JSON, HCL or a URL, in base64 or hex, as a whole or line by line. It is independent of Find, and so catches what Find
// overlooked in a second place.
//
// It does not look for values that could be an ordinary word or a short number.
type Watch struct {
	needles map[uint64][]needle // by their first bytes
	seen    []uint64            // a bit for each hash of first bytes, to skip most positions quickly
}

// A needle is one spelling of a secret.
type needle struct {
	text  string
	index int // of the secret
}

const (
	prefix   = 6 // number of first bytes by which needles are found; none is shorter
	seenBits = 1 << 18
)

// NewWatch makes a Watch for values. Its results are indexes of this list.
func NewWatch(values []string) *Watch {
	w := &Watch{needles: map[uint64][]needle{}, seen: make([]uint64, seenBits/64)}
	for i, v := range values {
		for _, s := range spellings(v) {
			w.add(s, i)
		}
	}
	return w
}

// WatchVariables makes a Watch for the values of variables.
func WatchVariables(variables []*graph.Variable) *Watch {
	values := make([]string, len(variables))
	for i, v := range variables {
		values[i] = v.Value
	}
	return NewWatch(values)
}

func (w *Watch) add(s string, index int) {
	if len(s) < prefix {
		return
	}
	k := uint64(0)
	for i := range prefix {
		k = k<<8 | uint64(s[i])
	}
	for _, n := range w.needles[k] {
		if n.text == s && n.index == index {
			return
		}
	}
	w.needles[k] = append(w.needles[k], needle{s, index})
	bit := slot(k)
	w.seen[bit/64] |= 1 << (bit % 64)
}

func slot(k uint64) uint64 { return k * 0x9E3779B97F4A7C15 >> 46 } // 18 bits

// Leaks returns the indexes of the values that content contains, in order.
func (w *Watch) Leaks(content []byte) []int {
	found := map[int]bool{}
	k := uint64(0)
	for i, c := range content {
		k = (k<<8 | uint64(c)) & (1<<(8*prefix) - 1)
		bit := slot(k)
		if i < prefix-1 || w.seen[bit/64]>>(bit%64)&1 == 0 {
			continue
		}
		rest := content[i-prefix+1:]
		for _, n := range w.needles[k] {
			if len(rest) >= len(n.text) && string(rest[:len(n.text)]) == n.text {
				found[n.index] = true
			}
		}
	}
	all := make([]int, 0, len(found))
	for i := range found {
		all = append(all, i)
	}
	sort.Ints(all)
	return all
}

// spellings lists how a value, or the secret part of it, can be written in a file.
func spellings(value string) []string {
	var all []string
	for _, part := range essence(value) {
		all = append(all, spelt(part)...)
	}
	return all
}

// essence returns the value, its lines, and the credentials in it.
func essence(value string) []string {
	var parts []string
	add := func(s string) {
		if s = strings.TrimSpace(s); !isOrdinary(s) {
			parts = append(parts, s)
		}
	}
	add(value)
	for _, f := range Find("", value) {
		add(value[f.Start:f.End])
	}
	if scheme, rest, ok := strings.Cut(value, " "); ok && schemes[strings.ToLower(scheme)] {
		add(rest)
	}
	if strings.Contains(value, "\n") {
		for _, line := range strings.Split(value, "\n") {
			if hasRandom(line) {
				add(line)
			}
		}
	}
	return parts
}

// isOrdinary reports whether a value could appear somewhere without being the secret.
func isOrdinary(s string) bool {
	if len(s) < prefix || isPlaceholder(s) {
		return true
	}
	digits, upper, other, words := 0, 0, 0, 1
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case isUpper(c):
			upper++
		case strings.IndexByte("-_ /.", c) >= 0:
			words++
		case !isLower(c):
			other++
		}
	}
	switch {
	case digits == len(s):
		return len(s) < 12
	case digits == 0 && other == 0 && upper <= words:
		return len(s) < 20 || strings.Contains(s, " ")
	}
	return false
}

func spelt(s string) []string {
	all := []string{s, url.QueryEscape(s), url.PathEscape(s), hex.EncodeToString([]byte(s))}
	all = append(all, quoted(s)...)
	all = append(all, inBase64(s)...)
	return all
}

// quoted writes a text as JSON and HCL strings do, and as JSON inside a string does.
func quoted(s string) []string {
	var all []string
	for _, html := range []bool{false, true} {
		inner := s
		for range 2 {
			inner = asJSON(inner, html)
			all = append(all, inner, strings.NewReplacer("${", "$${", "%{", "%%{").Replace(inner))
		}
	}
	return all
}

func asJSON(s string, html bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(html)
	if enc.Encode(s) != nil {
		return s
	}
	out := strings.TrimSuffix(b.String(), "\n")
	return out[1 : len(out)-1]
}

// inBase64 writes a text in base64 at each of its three possible offsets, without the letters that depend on its
// neighbours.
func inBase64(s string) []string {
	var all []string
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			whole := enc.EncodeToString([]byte(strings.Repeat("\x00", offset) + s))
			from := [...]int{0, 2, 3}[offset]
			to := (len(s) + offset) * 8 / 6
			if to-from >= 12 {
				all = append(all, whole[from:to])
			}
		}
	}
	return all
}
