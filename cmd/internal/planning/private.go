package planning

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A PrivateState is a state that only plans read, in a directory of its own. The zero value has none yet.
type PrivateState struct{ dir string }

// Write keeps a state, and returns the path of its file.
func (p *PrivateState) Write(content []byte) (string, error) {
	if p.dir == "" {
		var err error
		if p.dir, err = os.MkdirTemp("", "rootly-plan-*"); err != nil {
			return "", fmt.Errorf("make a private directory for the state: %w", err)
		}
	}
	if err := disk.Dir(p.dir).Write(StateName, content, 0o600); err != nil {
		return "", fmt.Errorf("write the state to prove: %w", err)
	}
	return filepath.Join(p.dir, StateName), nil
}

// Close removes the state.
func (p *PrivateState) Close() {
	if p.dir != "" {
		dir, name := disk.Of(p.dir)
		_ = dir.RemoveAll(name)
	}
}
