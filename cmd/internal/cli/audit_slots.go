package cli

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
	now    func() time.Time
	report func(client netip.Prefix) // told of each connection that is closed

	mu      sync.Mutex
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
	since    time.Time // when it was taken, or had its last verified delivery
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
func (p *slots) known(c *client) bool {
	return c.proxy || !c.verified.IsZero() && p.now().Sub(c.verified) < knownTime
}

// take waits for a slot. It returns nil when every slot is busy.
func (p *slots) take(address netip.Prefix, proxy bool, drop func()) *slot {
	r := room{full: func() bool { return len(p.held) >= connectionLimit }, among: func(*slot) bool { return true }}
	if !p.make(r, func() bool { return proxy || p.authenticated(address) }) {
		return nil
	}
	defer p.mu.Unlock()
	pl := &slot{since: p.now(), drop: drop}
	p.held[pl] = true
	p.enter(pl, address, proxy)
	return pl
}

// enlarge waits until a slot may have a large body. It reports false when the slot is lost.
func (p *slots) enlarge(pl *slot) bool {
	r := room{
		full: func() bool { return p.held[pl] && p.large >= largeLimit }, among: func(other *slot) bool { return other.large },
		pause: settle / 10, // many may wait
	}
	if !p.make(r, func() bool { return p.known(pl.client) }) {
		return false
	}
	defer p.mu.Unlock()
	if p.held[pl] {
		pl.large = true
		p.large++
	}
	return p.held[pl]
}

// room is what has to be made for a connection.
type room struct {
	full  func() bool
	among func(*slot) bool // slots that can be freed
	pause time.Duration    // at least, between attempts
}

// make frees a slot if there is no room. It waits until one has settled, unless a client that has
// authenticated needs it. On success it returns with the lock.
func (p *slots) make(r room, known func() bool) bool {
	for {
		p.mu.Lock()
		if !r.full() {
			return true
		}
		pl := p.victim(r.among)
		if pl == nil {
			p.mu.Unlock()
			return false
		}
		wait := settle - p.now().Sub(pl.since)
		if wait > 0 && (p.known(pl.client) || !known()) {
			p.mu.Unlock()
			time.Sleep(max(wait, r.pause))
			continue
		}
		p.evict(pl)
	}
}

// authenticated reports whether an address had a verified delivery.
func (p *slots) authenticated(address netip.Prefix) bool {
	c := p.clients[address]
	return c != nil && p.known(c)
}

// victim is the slot to be freed, if any can be. The caller has the lock.
func (p *slots) victim(among func(*slot) bool) *slot {
	var first *slot
	for pl := range p.held {
		if !pl.busy && among(pl) && (first == nil || p.before(pl, first)) {
			first = pl
		}
	}
	return first
}

// before reports whether slot a is freed before b.
func (p *slots) before(a, b *slot) bool {
	if ka, kb := p.known(a.client), p.known(b.client); ka != kb {
		return kb
	}
	if a.verified != b.verified {
		return b.verified
	}
	if a.client.open != b.client.open {
		return a.client.open > b.client.open
	}
	return a.since.Before(b.since)
}

// enter counts a slot for a client. One with too many connections loses the oldest of them as soon
// as this one has settled. The caller has the lock.
func (p *slots) enter(pl *slot, address netip.Prefix, proxy bool) {
	c := p.clients[address]
	if c == nil {
		c = &client{address: address}
		p.clients[address] = c
	}
	c.proxy = c.proxy || proxy
	c.open++
	pl.client = c
	if c.open > clientLimit && !p.known(c) {
		time.AfterFunc(settle, func() { p.trim(c) })
	}
}

// trim closes the oldest connections of a client that has too many.
func (p *slots) trim(c *client) {
	for {
		p.mu.Lock()
		var pl *slot
		if c.open > clientLimit && !p.known(c) {
			pl = p.victim(func(pl *slot) bool { return pl.client == c })
		}
		if pl == nil {
			p.mu.Unlock()
			return
		}
		p.evict(pl)
	}
}

// evict takes a slot away and closes its connection. It releases the lock.
func (p *slots) evict(pl *slot) {
	address := p.remove(pl)
	p.mu.Unlock()
	pl.drop()
	p.report(address)
}

// leave gives a slot back. It returns the client, and false when the slot was taken away before.
func (p *slots) leave(pl *slot) (netip.Prefix, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	held := p.held[pl]
	return p.remove(pl), held
}

// remove frees a slot and returns its client. The caller has the lock.
func (p *slots) remove(pl *slot) netip.Prefix {
	if p.held[pl] {
		delete(p.held, pl)
		p.shrink(pl)
		p.exit(pl)
	}
	return pl.client.address
}

// exit counts a slot for its client no longer. The caller has the lock.
func (p *slots) exit(pl *slot) {
	c := pl.client
	if c.open--; c.open == 0 && c.verified.IsZero() {
		delete(p.clients, c.address)
	}
}

// shrink ends the reading of a large body. The caller has the lock.
func (p *slots) shrink(pl *slot) {
	if pl.large {
		pl.large = false
		p.large--
	}
}

// move counts a slot for another client: the one that a trusted proxy names.
func (p *slots) move(pl *slot, address netip.Prefix, proxy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held[pl] && pl.client.address != address {
		p.exit(pl)
		p.enter(pl, address, proxy)
	}
}

// arrived keeps a slot while its delivery is verified and stored. It reports false when the slot is lost.
func (p *slots) arrived(pl *slot) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shrink(pl)
	pl.busy = p.held[pl]
	return pl.busy
}

// verify notes that the client of a slot has authenticated.
func (p *slots) verify(pl *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl.verified, pl.since = true, p.now()
	if c := pl.client; p.known(c) || p.forget() < knownLimit {
		c.verified = pl.since
	}
}

// forget drops the clients that have not authenticated for long, and counts the others. The caller
// has the lock.
func (p *slots) forget() (known int) {
	for address, c := range p.clients {
		switch {
		case p.known(c):
			known++
		case c.open == 0:
			delete(p.clients, address)
		}
	}
	return known
}

// answered ends what arrived began.
func (p *slots) answered(pl *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl.busy = false
}

// open counts the connections.
func (p *slots) open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.held)
}
