package importer

import (
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// readNothing is the error of a run in which not one collection could be read, for other reasons
// than that the organisation does not have it: there is nothing to go on with.
func readNothing(live *rootly.Live) error {
	if len(live.Objects) > 0 || anyComplete(live) {
		return nil
	}
	for _, s := range live.Skipped {
		if !s.Absent() {
			return fmt.Errorf("nothing could be read: %w", s.Err)
		}
	}
	return nil
}

// anyComplete reports whether the list of any type was read in full.
func anyComplete(live *rootly.Live) bool {
	for _, ok := range live.Complete {
		if ok {
			return true
		}
	}
	return false
}
