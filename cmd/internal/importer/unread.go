package importer

import (
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// readNothing is the error of a run in which not one collection could be read, for other reasons
// than that the organisation does not have it: there is nothing to go on with.
func readNothing(live *rootly.Live) error {
	for _, ok := range live.Complete {
		if ok {
			return nil
		}
	}
	if len(live.Objects) > 0 {
		return nil
	}
	for _, s := range live.Skipped {
		if !rootly.Absent(s.Err) {
			return fmt.Errorf("nothing could be read: %w", s.Err)
		}
	}
	return nil
}
