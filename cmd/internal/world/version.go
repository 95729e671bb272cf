package world

import (
	"runtime/debug"
	"strings"
)

// Program is the name of the program.
const Program = "terraformer-rootly"

// A Build describes a build. Its JSON form is part of the interface.
type Build struct {
	Version string `json:"version"` // of the tag, without v; dev where there is none
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"` // of the commit
	Edited  bool   `json:"edited"`         // whether it has uncommitted changes
	Go      string `json:"go"`
}

// Version is the version alone.
func Version() string { return Built().Version }

// Built reads the build information that Go writes into every program: the module's version, and for a build from a
// clone also the commit.
func Built() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Build{Version: "dev"}
	}
	return builtFrom(info)
}

func builtFrom(info *debug.BuildInfo) Build {
	b := Build{Version: strings.TrimPrefix(info.Main.Version, "v"), Go: info.GoVersion}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "dev"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Edited = s.Value == "true"
		}
	}
	return b
}
