package planning

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// StateName is the file of a state that is kept next to the code.
const StateName = "terraform.tfstate"

// ReadState returns the state of a directory, and whether it is kept anywhere but next to the code.
func ReadState(ctx context.Context, w world.World, engineName, dir string) (content []byte, elsewhere bool, err error) {
	if elsewhere, err = engines.KeepsStateElsewhere(dir); err != nil {
		return nil, false, err
	}
	if !elsewhere {
		content, err = disk.ReadFile(filepath.Join(dir, StateName), disk.MostCode)
		if errors.Is(err, os.ErrNotExist) {
			return nil, false, nil
		}
		if err != nil || !strings.Contains(string(content[:min(len(content), 4096)]), "encrypted_data") {
			return content, false, err
		}
	}
	engine, err := FindEngine(ctx, w, engineName, dir)
	if err != nil {
		return nil, true, err
	}
	content, err = engines.PullState(ctx, engines.Job{Engine: engine, Dir: dir, Environ: w.Environ()})
	if err != nil {
		return nil, true, fmt.Errorf("state of %s: %w", dir, err)
	}
	return content, true, nil
}

// HeldIn reads what the state of a directory holds.
func HeldIn(ctx context.Context, w world.World, engine, dir string) ([]tfstate.Held, error) {
	content, _, err := ReadState(ctx, w, engine, dir)
	if err != nil || len(content) == 0 {
		return nil, err
	}
	held, err := tfstate.Objects(content)
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", dir, err)
	}
	return held, nil
}
