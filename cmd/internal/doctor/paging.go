package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

const tooFew = "no list has enough objects"

// fullPage is how many rows a client asks for at a time.
const fullPage = 100

func pagingRows() []assumption {
	return []assumption{
		{"page-size", "a page has up to 100 rows when 100 are asked for", "Pages are read as long as they are.", pageSize},
		{"page-links", "a list ends: only its last page names no next one, and each page names the one after it", "", pageLinks},
		{"page-host", "the next page is on the host that was asked", "The number of the page is taken from the link, and the host is not.", pageHost},
		{"page-order", "a list has the same order whatever the size of its pages", "", pageOrder},
		{"total-count", "total_count is the number of rows that match", "Lists are read to their end; the count is only compared.", totalCount},
		{"deep-page", "a page after the last is empty, and not refused", "A list that can be sorted by time is continued by time, others are reported as incomplete.", deepPage},
	}
}

func (a *account) page(ctx context.Context, path string, number, size int) (document, error) {
	return a.list(ctx, path, "page[number]", strconv.Itoa(number), "page[size]", strconv.Itoa(size))
}

func pageSize(ctx context.Context, a *account) (verdict, error) {
	path, n := a.longest()
	if n < 2 {
		return unknown(tooFew)
	}
	d, err := a.page(ctx, path, 1, fullPage)
	if err != nil {
		return verdict{}, err
	}
	if want := min(n, fullPage); len(d.Data) < want {
		return no(fmt.Sprintf("%s: asked for %d rows and got %d of %d", path, fullPage, len(d.Data), n))
	}
	return yes()
}

func pageLinks(ctx context.Context, a *account) (verdict, error) {
	path, n := a.longest()
	if n < 2 { // lists without an end were given up
		path, n = a.counted(ctx)
	}
	if n < 2 {
		return unknown(tooFew)
	}
	size := (n + 1) / 2 // a first page and a last
	first, err := a.page(ctx, path, 1, size)
	if err != nil {
		return verdict{}, err
	}
	size = max(1, len(first.Data)) // a smaller limit has another reason
	if next, err := url.Parse(first.Links.Next); err != nil || next.Query().Get("page[number]") != "2" || first.Meta.NextPage != 2 {
		return no(fmt.Sprintf("%s: the first page does not name the second one as the next", path))
	}
	last, err := a.page(ctx, path, (n+size-1)/size, size)
	if err != nil {
		return verdict{}, err
	}
	if last.Links.Next != "" || last.Meta.NextPage != 0 {
		return no(fmt.Sprintf("%s: the last page names a next one", path))
	}
	return yes()
}

func pageHost(ctx context.Context, a *account) (verdict, error) {
	path, n := a.longest()
	if n < 2 {
		return unknown(tooFew)
	}
	d, err := a.page(ctx, path, 1, 1)
	if err != nil {
		return verdict{}, err
	}
	asked, errAsked := url.Parse(a.base)
	next, errNext := url.Parse(d.Links.Next)
	if err := errors.Join(errAsked, errNext); err != nil {
		return no(fmt.Sprintf("%s: the link to the next page is not a URL", path))
	}
	if next.Host != "" && next.Host != asked.Host {
		return no(fmt.Sprintf("%s: the next page is on another host", path))
	}
	return yes()
}

func pageOrder(ctx context.Context, a *account) (verdict, error) {
	const size, pages = 3, 3
	path, n := a.longest()
	if n < size {
		return unknown(tooFew)
	}
	whole, err := a.page(ctx, path, 1, fullPage)
	if err != nil {
		return verdict{}, err
	}
	var pieces []string
	for number := 1; number <= pages; number++ {
		d, err := a.page(ctx, path, number, size)
		if err != nil {
			return verdict{}, err
		}
		pieces = append(pieces, ids(d.Data)...)
	}
	want := ids(whole.Data)
	many := min(len(want), len(pieces))
	if !slices.Equal(want[:many], pieces[:many]) {
		return no(fmt.Sprintf("%s: pages of %d rows have another order than pages of %d", path, size, fullPage))
	}
	return yes()
}

func totalCount(ctx context.Context, a *account) (verdict, error) {
	path, n := a.family()
	if n == 0 {
		return unknown("no object has children")
	}
	d, err := a.page(ctx, path, 1, 1)
	switch {
	case err != nil:
		return verdict{}, err
	case d.Meta.TotalCount == nil:
		return no("a list of children does not count its rows")
	case *d.Meta.TotalCount != n:
		return no(fmt.Sprintf("a list of children counts %d rows and has %d", *d.Meta.TotalCount, n))
	}
	return yes()
}

func deepPage(ctx context.Context, a *account) (verdict, error) {
	path, n := a.longest()
	if n == 0 {
		return unknown(tooFew)
	}
	const far = 10_000
	d, err := a.page(ctx, path, far, fullPage)
	var refused *api.Error
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusBadRequest:
		return no(fmt.Sprintf("%s: page %d is refused with status %d", path, far, refused.Status))
	case err != nil:
		return verdict{}, err
	case len(d.Data) > 0:
		return no(fmt.Sprintf("%s: page %d has rows", path, far))
	}
	return yes()
}
