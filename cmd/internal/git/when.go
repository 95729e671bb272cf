package git

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// WrittenAt is when a file was written: by its commit where there is one, since a fresh checkout has
// times of its own.
func WrittenAt(ctx context.Context, dir, name string) (time.Time, bool) {
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		return time.Time{}, false
	}
	committed, known := CommittedAt(ctx, dir, name)
	switch {
	case known && committed.Before(info.ModTime()):
		return committed, true
	case !known && isShallow(ctx, dir):
		return time.Time{}, false
	}
	return info.ModTime(), true
}

// CommittedAt is when a file was last committed, as of a revision. In a clone without that commit it is not known.
func CommittedAt(ctx context.Context, dir, name string, rev ...string) (time.Time, bool) {
	text, err := Run(ctx, dir, slices.Concat([]string{"log", "-1", "--format=%cI %P", "--no-show-signature", "--end-of-options"}, rev, []string{"--", name})...)
	if err != nil {
		return time.Time{}, false
	}
	at, parents, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	if parents == "" && isShallow(ctx, dir) { // the oldest commit of such a clone seems to add all files
		return time.Time{}, false
	}
	committed, err := time.Parse(time.RFC3339, at)
	return committed, err == nil
}

// isShallow reports whether a clone lacks commits.
func isShallow(ctx context.Context, dir string) bool {
	text, err := Run(ctx, dir, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(text) == "true"
}
