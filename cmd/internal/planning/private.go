package planning

import (
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// A PrivateState is a state that only plans read, in a directory of its own. The zero value has none yet.
type PrivateState struct{ dir *private.Dir }

// Write keeps a state, and returns the path of its file.
func (p *PrivateState) Write(content []byte) (string, error) {
	if p.dir == nil {
		var err error
		if p.dir, err = private.Make("", "state"); err != nil {
			return "", fmt.Errorf("keep the state to prove: %w", err)
		}
	}
	path, err := p.dir.Write(StateName, content)
	if err != nil {
		return "", fmt.Errorf("write the state to prove: %w", err)
	}
	return path, nil
}

// Close removes the state.
func (p *PrivateState) Close() { _ = p.dir.Close() }
