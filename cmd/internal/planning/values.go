package planning

import (
	"fmt"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// FindValues finds the files of --var-file, seen from here or, as the engine would, from the directory. Plans may be made of
// copies of it.
func (p *Proof) FindValues(dir string) error {
	for i, name := range p.VarFiles {
		here, err := filepath.Abs(name)
		if err != nil {
			return fmt.Errorf("--var-file: %w", err)
		}
		there, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("--var-file: %w", err)
		}
		switch {
		case world.Exists(here):
			p.VarFiles[i] = here
		case !filepath.IsAbs(name) && world.Exists(there):
			p.VarFiles[i] = there
		default:
			return exit.Usage(fmt.Errorf("--var-file: there is no file %s", name), "give a path relative to the current directory, or to "+dir)
		}
	}
	return nil
}
