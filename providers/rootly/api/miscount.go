package api

import (
	"fmt"
	"sync"
)

// miscounts records one list whose row count by the server differs from the listed rows: the first by its path, so that
// the order of answers does not matter.
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
