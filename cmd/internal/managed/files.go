package managed

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// EachFile calls a function with the path and the text of each file of a root module that is in Terraform's own syntax.
func EachFile(dir string, do func(path string, src []byte)) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list the code: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".tf" {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		src, err := disk.ReadFile(path, disk.MostCode)
		if err != nil {
			return fmt.Errorf("read the code: %w", err)
		}
		do(path, src)
	}
	return nil
}
