package api

import (
	"fmt"
	"sync"
)

// miscounts remembers one list of which the server counts other rows than it lists: the first by its path, so
// that the timing does not matter.
type miscounts struct {
	mu   sync.Mutex
	path string
	text string
}

func (m *miscounts) note(path string, counted, listed int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.text == "" || path < m.path {
		m.path, m.text = path, fmt.Sprintf("the server counts %d rows in %s and lists %d; lists were read to their last page, whatever it counts", counted, path, listed)
	}
}

func (m *miscounts) first() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text
}
