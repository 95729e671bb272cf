package api

import (
	"context"
	"net/url"
	"sync"
)

// ahead fetches pages before the walk reaches them.
type ahead struct {
	client  *Client
	decode  decoder
	ctx     context.Context // of the walk; ends with it
	cancel  context.CancelFunc
	running sync.WaitGroup
	coming  map[string]chan answer // by canonical URL
}

type answer struct {
	document document
	err      error
}

func newAhead(ctx context.Context, c *Client, decode decoder) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	return &ahead{client: c, decode: decode, ctx: ctx, cancel: cancel, coming: map[string]chan answer{}}
}

// stop ends the running fetches and waits for them.
func (a *ahead) stop() {
	a.cancel()
	a.running.Wait()
}

// plan starts fetching pages that are not being fetched yet.
func (a *ahead) plan(pages []*url.URL) {
	for _, u := range pages {
		key := canonical(u)
		if _, ok := a.coming[key]; ok {
			continue
		}
		result := make(chan answer, 1)
		a.coming[key] = result
		a.running.Go(func() {
			d, err := a.client.fetch(a.ctx, u, a.decode)
			result <- answer{d, err}
		})
	}
}

// fetch returns a page, from a running fetch or by requesting it now.
func (a *ahead) fetch(ctx context.Context, u *url.URL) (document, error) {
	key := canonical(u)
	result, ok := a.coming[key]
	if !ok {
		return a.client.fetch(ctx, u, a.decode)
	}
	delete(a.coming, key)
	got := <-result
	return got.document, got.err
}

// foreseen lists pages after u whose number is known in advance: next is u's number plus one, and the server sent the
// number of pages.
func (w *walk) foreseen(u, next *url.URL, d document) []*url.URL {
	number, last := w.number(u), readMeta(d.meta).totalPages
	if w.number(next) != number+1 || next.EscapedPath() != u.EscapedPath() {
		return nil
	}
	window := 2 * w.client.options.Parallelism
	var pages []*url.URL
	for n := number + 1; n <= min(last, number+window, w.span.end(w)); n++ {
		pages = append(pages, w.numbered(next, n))
	}
	return pages
}
