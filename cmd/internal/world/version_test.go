package world

import (
	"runtime/debug"
	"testing"
)

func TestBuildKnowsItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		info debug.BuildInfo
		want Build
	}{
		"go install of a tag": {
			debug.BuildInfo{GoVersion: "go1.26.6", Main: debug.Module{Version: "v1.2.3"}},
			Build{Version: "1.2.3", Go: "go1.26.6"},
		},
		"a tagged clone": {
			debug.BuildInfo{GoVersion: "go1.26.6", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "false"},
			}},
			Build{Version: "1.2.3", Commit: "abc", Date: "2026-01-02T03:04:05Z", Go: "go1.26.6"},
		},
		"edited": {
			debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{{Key: "vcs.modified", Value: "true"}}},
			Build{Version: "dev", Edited: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := builtFrom(&c.info); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
