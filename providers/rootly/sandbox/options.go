package sandbox

import (
	"context"
	"net/http"
	"time"
)

// Options say what a [Server] contains and how it behaves. The zero value is an empty Rootly that accepts any token.
type Options struct {
	// Objects are its objects at the start, in the order of lists.
	Objects []Object

	// Token is the only accepted bearer token. Empty: any.
	Token string

	// Clock gives the time for created_at, updated_at, audit events and the rate limit.
	// Default: it stands still, at the present of the built-in organisation.
	Clock func() time.Time

	// MaxPageSize is the largest page, whatever the request. Default: 100.
	MaxPageSize int

	// RateLimit is the number of accepted requests per minute. 0: no limit, no headers.
	RateLimit int

	// Forbidden are collections that answer 403, by JSON:API type or by path as in the catalogue.
	Forbidden []string

	// Absent are collections that answer 404, named in the same way.
	Absent []string

	// Includes says how far the include parameter is honoured. Default: as documented.
	Includes Includes

	// ReadOnly refuses writes with 405 and serves children of unknown parents, as the replay of an import needs it.
	ReadOnly bool

	// Ask, if not nil, is called before a read is answered: for an unknown object, and for every collection. The server
	// keeps the returned objects. After an error the answer is 501, not 404, and so it is for unknown paths.
	Ask func(ctx context.Context, q Question) ([]Object, error)

	// Seed makes the ids of objects made here differ from those of another server.
	Seed uint64

	// Faults are on from the start. See [Server.SetFaults].
	Faults Faults
}

// Includes says how far the include parameter is honoured.
type Includes int

// The ways to answer include.
const (
	IncludesWhole   Includes = iota // relationships named and their objects included
	IncludesIgnored                 // as if the parameter were unknown
	IncludesNamed                   // relationships named, but no object included
	IncludesPartly                  // relationships named, every second object included
)

const (
	defaultPageSize = 25
	defaultMaxPage  = 100
)

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = func() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC) }
	}
	if o.MaxPageSize <= 0 {
		o.MaxPageSize = defaultMaxPage
	}
	return o
}

// Faults are what goes wrong. The zero value is nothing. An "every n" counts requests from when the faults were set:
// with 3, the third, sixth and so on fail. 0 is never.
type Faults struct {
	Latency     time.Duration // before every answer
	ErrorEvery  int           // 500
	ErrorBurst  int           // how many 500s then follow each other; default 1
	ResetEvery  int           // the connection breaks without an answer
	TearEvery   int           // the body ends in the middle, with the length of the whole
	TearQuietly bool          // such a body has no length: only the JSON is broken
	HTMLEvery   int           // a web page instead of JSON, with status 200
	LimitEvery  int           // 429
	RetryAfter  time.Duration // the wait that such a 429 announces; default one second, whole seconds only
	PageCap     int           // no page is larger, whatever MaxPageSize says
	EndlessNext bool          // links.next and meta.next_page never end; the last page repeats
	RepeatNext  bool          // links.next is the page itself
	ForeignNext string        // scheme and host that links.next names instead of this server's, as behind a gateway
	EmptyLists  []string      // collections that list nothing, though their objects can be read by id; named as in Forbidden

	Hosted // ways of the hosted API

	// Hook sees every request first; true means that it has answered.
	Hook func(http.ResponseWriter, *http.Request) bool
}

// Hosted are known properties of the hosted API, each of them off by default.
type Hosted struct {
	Terse404     bool   // every 404 has the same text, as recorded
	HiddenAudits bool   // the audit log answers 404, as without the permission to read it
	MediaType    bool   // 415 unless the media type is that of JSON:API
	BlankFilters bool   // 500 for a filter without a value
	Pacific      bool   // times have milliseconds and the offset of California
	CountsAll    bool   // meta.total_count counts all objects of the type, whatever the filter
	DeepestPage  int    // 400 for later pages; 0: none is refused
	Team         string // id of the team whose API key it is, which sees objects of that team or of none
}
