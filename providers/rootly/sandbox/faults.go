package sandbox

import (
	"net/http"
	"time"
)

// Faults are what goes wrong. The zero value is nothing. An "every n" counts requests from when
// the faults were set: with 3, the third, sixth and so on. 0 is never.
type Faults struct {
	Latency     time.Duration // before every answer
	ErrorEvery  int           // 500
	ErrorBurst  int           // how many 500s then follow each other; default 1
	ResetEvery  int           // the connection breaks without an answer
	TearEvery   int           // the body ends in the middle, the length being that of the whole
	TearQuietly bool          // such a body tells no length: only the JSON is broken
	HTMLEvery   int           // a web page instead of JSON, with status 200
	LimitEvery  int           // 429
	RetryAfter  time.Duration // what such a 429 says; default one second, whole seconds only
	PageCap     int           // no page is larger, whatever MaxPageSize says
	EndlessNext bool          // links.next and meta.next_page never end; the last page repeats
	RepeatNext  bool          // links.next is the page itself
	ForeignNext string        // scheme and host that links.next names instead of this server's

	// Hook sees every request first; true means that it has answered.
	Hook func(http.ResponseWriter, *http.Request) bool
}
