package sandbox

import (
	"slices"
	"sync"
)

// lookups are indexes by attribute, made when first asked for.
type lookups struct {
	mu sync.Mutex
	m  map[string]map[string]map[string][]*record // type, attribute, value
}

func (l *lookups) get(api, name string, all []*record) map[string][]*record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok := l.m[api][name]; ok {
		return found
	}
	made := make(map[string][]*record)
	for _, r := range all {
		v := text(attribute(r.Body, name))
		made[v] = append(made[v], r)
	}
	if l.m == nil {
		l.m = make(map[string]map[string]map[string][]*record)
	}
	if l.m[api] == nil {
		l.m[api] = make(map[string]map[string][]*record)
	}
	l.m[api][name] = made
	return made
}

// change keeps the indexes of a type right when an object is added, replaced or removed.
func (l *lookups) change(api string, old, r *record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, by := range l.m[api] {
		var was, is string
		if old != nil {
			was = text(attribute(old.Body, name))
		}
		if r != nil {
			is = text(attribute(r.Body, name))
		}
		if old != nil && r != nil && was == is {
			replace(by[is], old, r)
			continue
		}
		if old != nil {
			by[was] = slices.DeleteFunc(slices.Clone(by[was]), func(o *record) bool { return o == old })
		}
		if r != nil {
			by[is] = append(by[is], r)
		}
	}
}
