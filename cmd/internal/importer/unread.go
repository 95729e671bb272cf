package importer

import (
	"fmt"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// readNothing is the error of a run in which not one collection could be read, for other reasons
// than that the organisation does not have it: there is nothing to import.
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

// Elsewhere lists the live objects that the run knows of and has no code for.
func (r *gathered) Elsewhere() map[graph.Target]bool {
	lives := r.deselected()
	for _, o := range r.Rejected() {
		lives[graph.Target{Type: o.Type, ID: o.ID}] = true
	}
	for k := range r.doubts() {
		lives[k] = true
	}
	return lives
}

// doubts says why objects may exist although their listing lacks them.
func (r *fetched) doubts() map[graph.Target]string {
	out := make(map[graph.Target]string, len(r.live.Doubts))
	for _, d := range r.live.Doubts {
		out[graph.Target{Type: d.Type, ID: d.ID}] = d.Reason
	}
	return out
}

// Rejected lists the live objects that have no code, whatever the reason.
func (r *gathered) Rejected() []rootly.Rejected {
	return slices.Concat(r.decoded.Rejected, r.live.Unknown, r.skipped)
}

// Complete reports whether every object of a type was listed.
func (r *fetched) Complete(typ string) bool { return r.live.Complete[typ] }
