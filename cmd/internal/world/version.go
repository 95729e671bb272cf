package world

import (
	"runtime/debug"
	"strings"
)

// Program is the name of the program.
const Program = "terraformer-rootly"

// Version is what the build knows of itself.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}
