package generator

import (
	"strconv"
	"strings"
)

// An item is something to be put into one of the files of a stem: stem.tf, stem_2.tf, ..., or stem_drawer.tf if they
// are too many for one file.
type item struct {
	size       int
	drawer     string // a letter or a group
	remembered string // the file it was in before, if any
}

// Names keeps file names distinct, also on file systems that ignore case.
type names struct {
	extension string
	taken     map[string]bool
	closed    map[string]bool // files that get nothing new
}

// claim takes the name of the stem's n-th file, and reports whether it was free.
func (ns names) claim(stem string, n int) (string, bool) {
	name := stem
	if n > 1 {
		name += "_" + strconv.Itoa(n)
	}
	// Terraform merges files with these names into others instead of reading them normally.
	if name == "override" || strings.HasSuffix(name, "_override") {
		return "", false
	}
	name += ns.extension
	key := strings.ToLower(name)
	if ns.taken[key] {
		return "", false
	}
	ns.taken[key] = true
	return name, true
}

// number returns which of the stem's files has the name, or 0 if none has.
func (ns names) number(stem, name string) int {
	rest, ok := strings.CutPrefix(name, stem)
	if !ok {
		return 0
	}
	if rest, ok = strings.CutSuffix(rest, ns.extension); !ok {
		return 0
	}
	if rest == "" {
		return 1
	}
	n, err := strconv.Atoi(strings.TrimPrefix(rest, "_"))
	if err != nil || n < 2 || rest != "_"+strconv.Itoa(n) {
		return 0
	}
	return n
}

// A shelf is the files of one stem while they are being filled.
type shelf struct {
	names   names
	stem    string
	limit   int
	crowded bool // whether the items need several files, so that each drawer has its own
	sizes   map[string]int
	drawers map[string]string // of the files that are for one drawer only
	fresh   map[string]bool   // files that this run begins
	open    map[string]string // the file begun last, by drawer
	next    map[string]int
}

// place returns the file of each item. A remembered item stays in its file, whatever the size of the file, so that a
// new object moves no other. A new item goes next to its neighbour if there is room, otherwise into a new file. New
// files keep some room for later neighbours. If the items need several files, there is one for each drawer.
func place(items []item, stem string, ns names, limit int) []string {
	total := 0
	for _, it := range items {
		total += it.size
	}
	s := &shelf{
		names: ns, stem: stem, limit: limit, crowded: total > roomOf(limit),
		sizes: map[string]int{}, drawers: map[string]string{}, fresh: map[string]bool{}, open: map[string]string{}, next: map[string]int{},
	}
	files := make([]string, len(items))
	for i, it := range items {
		files[i] = s.keep(it)
	}
	neighbour := ""
	for i, it := range items {
		if files[i] == "" {
			if neighbour == "" {
				neighbour = firstOf(files[i:])
			}
			files[i] = s.put(it, neighbour)
		}
		neighbour = files[i]
	}
	return files
}

// keep returns the earlier file of the item, or nothing.
func (s *shelf) keep(it item) string {
	name, stem, drawer := it.remembered, s.stem, ""
	n := s.names.number(stem, name)
	if n == 0 && it.drawer != "" {
		drawer, stem = it.drawer, s.stem+"_"+it.drawer
		n = s.names.number(stem, name)
	}
	if n == 0 {
		return ""
	}
	if _, known := s.sizes[name]; !known {
		if _, free := s.names.claim(stem, n); !free {
			return ""
		}
		s.drawers[name] = drawer
	}
	s.sizes[name] += it.size
	if drawer != "" {
		s.open[drawer] = name
	}
	return name
}

// put returns a file for a new item.
func (s *shelf) put(it item, neighbour string) string {
	drawer, stem := "", s.stem
	if s.crowded && it.drawer != "" {
		drawer, stem = it.drawer, s.stem+"_"+it.drawer
	}
	for _, name := range []string{neighbour, s.open[drawer]} {
		other := s.drawers[name] != "" && s.drawers[name] != it.drawer
		if name != "" && !other && !s.names.closed[name] && s.hasRoom(name, it.size) {
			s.sizes[name] += it.size
			return name
		}
	}
	for {
		s.next[drawer]++
		name, free := s.names.claim(stem, s.next[drawer])
		if free && !s.names.closed[name] {
			s.open[drawer], s.sizes[name], s.fresh[name], s.drawers[name] = name, it.size, true, drawer
			return name
		}
	}
}

// roomOf is the capacity of a new file: less than the limit, so that later neighbours fit.
func roomOf(limit int) int { return limit * 4 / 5 }

func (s *shelf) hasRoom(name string, size int) bool {
	limit := s.limit
	if s.fresh[name] {
		limit = roomOf(limit)
	}
	return s.sizes[name]+size <= limit
}

func firstOf(names []string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}
