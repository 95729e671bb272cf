package collector

import (
	"net/netip"
	"sync"
	"time"
)

const (
	connectionLimit = 1024 // open at once
	clientLimit     = 128  // of these, for a client that has not authenticated
	smallBody       = 64 << 10
	largeLimit      = 32 // bodies larger than smallBody that are read at once
	knownLimit      = 1024

	// settle is how long a connection is left alone: a small delivery is read and verified by then.
	settle = 250 * time.Millisecond

	// knownTime is how long a client counts as authenticated after a verified delivery.
	knownTime = 7 * 24 * time.Hour
)

// slots divides the connections between clients, so that nobody without the secret can keep out
// those who have it.
//
// A client that has not authenticated gets clientLimit connections. When all slots are taken, a
// new connection replaces another one: first those of clients that never sent a verified delivery,
// and of these the oldest of whoever has most. A connection whose delivery has arrived is never
// closed, and none before it has settled: until then, new ones wait in the system's queue. So every
// connection has time to deliver.
type slots struct {
	now    func() time.Time          // for what lasts for days; connections have timers
	report func(client netip.Prefix) // called for each connection that is closed

	mu      sync.Mutex
	turn    uint64 // counts what connections did
	held    map[*slot]bool
	clients map[netip.Prefix]*client
	large   int // slots with a large body
}

// A client is an IPv4 address or an IPv6 network.
type client struct {
	address  netip.Prefix
	open     int // connections
	proxy    bool
	verified time.Time // when its last verified delivery came
}

// A slot is held by one connection.
type slot struct {
	client   *client
	since    uint64 // the turn when it was taken, or had its last verified delivery
	settled  bool
	verified bool
	busy     bool // its delivery has arrived
	large    bool
	drop     func()
}

func newSlots(now func() time.Time, report func(netip.Prefix)) *slots {
	return &slots{now: now, report: report, held: map[*slot]bool{}, clients: map[netip.Prefix]*client{}}
}

// clientAt is the client of an address. A network of IPv6 usually belongs to one machine.
func clientAt(address netip.Addr) netip.Prefix {
	bits := 64
	if address = address.Unmap().WithZone(""); address.Is4() {
		bits = 32
	}
	p, _ := address.Prefix(bits) // fails for the zero address only, which gives the zero prefix
	return p
}

// known reports whether a client may have more than clientLimit connections.
func (s *slots) known(c *client) bool {
	return c.proxy || !c.verified.IsZero() && s.now().Sub(c.verified) < knownTime
}

// take waits for a slot. It returns nil when every slot is busy.
func (s *slots) take(address netip.Prefix, proxy bool, drop func()) *slot {
	r := room{full: func() bool { return len(s.held) >= connectionLimit }, among: func(*slot) bool { return true }, pause: time.Millisecond}
	if !s.free(r, func() bool {
		c := s.clients[address]
		return proxy || c != nil && s.known(c)
	}) {
		return nil
	}
	defer s.mu.Unlock()
	s.turn++
	sl := &slot{since: s.turn, drop: drop}
	s.held[sl] = true
	time.AfterFunc(settle, func() { s.settle(sl) })
	s.enter(sl, address, proxy)
	return sl
}

// enlarge waits until a slot may have a large body. It reports false when the slot is lost.
func (s *slots) enlarge(sl *slot) bool {
	r := room{
		full: func() bool { return s.held[sl] && s.large >= largeLimit }, among: func(other *slot) bool { return other.large },
		pause: settle / 10, // as many may wait
	}
	if !s.free(r, func() bool { return s.known(sl.client) }) {
		return false
	}
	defer s.mu.Unlock()
	if s.held[sl] {
		sl.large = true
		s.large++
	}
	return s.held[sl]
}

// room is what a connection needs.
type room struct {
	full  func() bool
	among func(*slot) bool // slots that can be freed
	pause time.Duration    // between attempts
}

// free frees a slot if there is no room. It waits until one has settled, unless a client that has
// authenticated needs it. On success it returns with the lock.
func (s *slots) free(r room, known func() bool) bool {
	for {
		s.mu.Lock()
		if !r.full() {
			return true
		}
		sl := s.victim(r.among)
		if sl == nil {
			s.mu.Unlock()
			return false
		}
		if !sl.settled && (s.known(sl.client) || !known()) {
			s.mu.Unlock()
			time.Sleep(r.pause)
			continue
		}
		s.evict(sl)
	}
}

// victim is the slot to be freed, if any can be. The caller has the lock.
func (s *slots) victim(among func(*slot) bool) *slot {
	var first *slot
	for sl := range s.held {
		if !sl.busy && among(sl) && (first == nil || s.before(sl, first)) {
			first = sl
		}
	}
	return first
}

// before reports whether slot a is freed before b.
func (s *slots) before(a, b *slot) bool {
	if ka, kb := s.known(a.client), s.known(b.client); ka != kb {
		return kb
	}
	if a.verified != b.verified {
		return b.verified
	}
	if a.client.open != b.client.open {
		return a.client.open > b.client.open
	}
	return a.since < b.since
}

// settle ends the time in which a slot is left alone.
func (s *slots) settle(sl *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl.settled = true
}

// enter counts a slot for a client. One with too many connections loses the oldest of them as soon
// as this one has settled. The caller has the lock.
func (s *slots) enter(sl *slot, address netip.Prefix, proxy bool) {
	c := s.clients[address]
	if c == nil {
		c = &client{address: address}
		s.clients[address] = c
	}
	c.proxy = c.proxy || proxy
	c.open++
	sl.client = c
	if c.open > clientLimit && !s.known(c) {
		time.AfterFunc(settle, func() { s.trim(c) })
	}
}

// trim closes the oldest connections of a client that has too many.
func (s *slots) trim(c *client) {
	for {
		s.mu.Lock()
		var sl *slot
		if c.open > clientLimit && !s.known(c) {
			sl = s.victim(func(sl *slot) bool { return sl.client == c })
		}
		if sl == nil {
			s.mu.Unlock()
			return
		}
		s.evict(sl)
	}
}

// evict takes a slot away and closes its connection. It releases the lock.
func (s *slots) evict(sl *slot) {
	address := s.remove(sl)
	s.mu.Unlock()
	sl.drop()
	s.report(address)
}

// leave gives a slot back. It returns the client, and whether the connection was open for long.
func (s *slots) leave(sl *slot) (address netip.Prefix, long bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	long = sl.settled && s.held[sl]
	return s.remove(sl), long
}

// remove frees a slot and returns its client. The caller has the lock.
func (s *slots) remove(sl *slot) netip.Prefix {
	if s.held[sl] {
		delete(s.held, sl)
		s.shrink(sl)
		s.exit(sl)
	}
	return sl.client.address
}

// exit counts a slot for its client no longer. The caller has the lock.
func (s *slots) exit(sl *slot) {
	c := sl.client
	if c.open--; c.open == 0 && c.verified.IsZero() {
		delete(s.clients, c.address)
	}
}

// shrink ends the reading of a large body. The caller has the lock.
func (s *slots) shrink(sl *slot) {
	if sl.large {
		sl.large = false
		s.large--
	}
}

// move counts a slot for another client: the one that a trusted proxy names.
func (s *slots) move(sl *slot, address netip.Prefix, proxy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[sl] && sl.client.address != address {
		s.exit(sl)
		s.enter(sl, address, proxy)
	}
}

// arrived keeps a slot while its delivery is verified and stored. It reports false when the slot is lost.
func (s *slots) arrived(sl *slot) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shrink(sl)
	sl.busy = s.held[sl]
	return sl.busy
}

// verify notes that the client of a slot has authenticated.
func (s *slots) verify(sl *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	sl.verified, sl.since = true, s.turn
	if c := sl.client; s.known(c) || s.forget() < knownLimit {
		c.verified = s.now()
	}
}

// forget drops the clients that have not authenticated for long, and counts the others. The caller
// has the lock.
func (s *slots) forget() (known int) {
	for address, c := range s.clients {
		switch {
		case s.known(c):
			known++
		case c.open == 0:
			delete(s.clients, address)
		}
	}
	return known
}

// answered ends what arrived began.
func (s *slots) answered(sl *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl.busy = false
}

// open counts the connections.
func (s *slots) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held)
}
