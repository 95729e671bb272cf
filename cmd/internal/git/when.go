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
	if committed, known := CommittedAt(ctx, dir, name); known && committed.Before(info.ModTime()) {
		return committed, true
	}
	return info.ModTime(), true
}

// CommittedAt is when a file was last committed, as of a revision.
func CommittedAt(ctx context.Context, dir, name string, rev ...string) (time.Time, bool) {
	text, err := Run(ctx, dir, slices.Concat([]string{"log", "-1", "--format=%cI", "--no-show-signature", "--end-of-options"}, rev, []string{"--", name})...)
	if err != nil {
		return time.Time{}, false
	}
	committed, err := time.Parse(time.RFC3339, strings.TrimSpace(text))
	return committed, err == nil
}
