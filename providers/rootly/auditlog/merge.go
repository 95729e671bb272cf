package auditlog

import (
	"context"
	"iter"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// apart splits a filter into several with one source and one API key each. The API filters by both but its answers
// contain neither: only a filter for one value shows what the events have.
func apart(f audit.Filter) []audit.Filter {
	all := []audit.Filter{f}
	if len(f.Sources) > 1 {
		all = nil
		for _, source := range f.Sources {
			one := f
			one.Sources = []string{source}
			all = append(all, one)
		}
	}
	if len(f.APIKeys) < 2 {
		return all
	}
	var each []audit.Filter
	for _, one := range all {
		for _, key := range f.APIKeys {
			one.APIKeys = []string{key}
			each = append(each, one)
		}
	}
	return each
}

// A stream is the events of one filter, with access to the first.
type stream struct {
	next  func() (audit.Event, error, bool)
	event audit.Event
	err   error
	more  bool
}

// merged returns the events of several filters, newest first.
func merged(ctx context.Context, l Log, filters []audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		var streams []*stream
		for _, f := range filters {
			next, stop := iter.Pull2(l.Events(ctx, f))
			defer stop()
			s := &stream{next: next}
			s.event, s.err, s.more = next()
			streams = append(streams, s)
		}
		for {
			var first *stream
			for _, s := range streams {
				if s.more && (first == nil || s.err != nil || first.err == nil && s.event.At.After(first.event.At)) {
					first = s
				}
			}
			if first == nil || !yield(first.event, first.err) || first.err != nil && !IsUnreadable(first.err) {
				return
			}
			first.event, first.err, first.more = first.next()
		}
	}
}
