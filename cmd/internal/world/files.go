package world

import (
	"os"
)

// Exists reports whether there is a file or directory of a name.
func Exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
