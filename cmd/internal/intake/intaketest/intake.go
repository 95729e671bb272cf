package intaketest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
)

// An Intake is an imitation. Its fields are set before it is used.
type Intake struct {
	Token   string
	Most    int // bytes of a body, without compression
	Largest int // bytes of an event, for Splunk

	vendor func(*Intake, *http.Request, []byte) reply

	mu       sync.Mutex
	random   *rand.Rand
	faulty   bool
	taken    map[string]int
	wrongs   []string
	requests int
	packed   int
	header   http.Header
}

// A reply is an answer.
type reply struct {
	status int
	body   string
}

func newIntake(token string, most int, vendor func(*Intake, *http.Request, []byte) reply) *Intake {
	return &Intake{Token: token, Most: most, vendor: vendor, random: rand.New(rand.NewPCG(6, 6)), taken: map[string]int{}}
}

// SetFaults lets requests and answers get lost, or ends that.
func (s *Intake) SetFaults(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faulty = on
}

// Taken returns how often each event was taken, by id.
func (s *Intake) Taken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.taken)
}

// IDs returns the events that were taken, sorted, each once.
func (s *Intake) IDs() []string { return slices.Sorted(maps.Keys(s.Taken())) }

// Wrongs are what a vendor would spoil without an error.
func (s *Intake) Wrongs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrongs)
}

// Last is the header of the last request. Requests counts all, and those that were compressed.
func (s *Intake) Last() http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.header
}

// Requests counts the requests.
func (s *Intake) Requests() (all, packed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.packed
}

// ServeHTTP implements [http.Handler].
func (s *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil && r.Header.Get("Content-Encoding") == "gzip" {
		body, err = unpacked(body)
	}
	if err != nil || r.Method != http.MethodPost {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	s.header = r.Header.Clone()
	luck := 9
	if s.faulty {
		luck = s.random.IntN(10)
	}
	var out reply
	switch encoding := r.Header.Get("Content-Encoding"); {
	case encoding == "gzip":
		s.packed++
		fallthrough
	case encoding == "":
		if luck == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		out = s.vendor(s, r, body)
	default:
		out = reply{http.StatusUnsupportedMediaType, "<html></html>"}
	}
	if luck == 1 {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	w.WriteHeader(out.status)
	_, _ = io.WriteString(w, out.body)
}

func unpacked(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// wrong notes what would be spoiled. The caller has the lock.
func (s *Intake) wrong(what string, of []byte) {
	s.wrongs = append(s.wrongs, fmt.Sprintf("%s: %.100s", what, of))
}
