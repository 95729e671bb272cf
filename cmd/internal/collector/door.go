package collector

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// A door gives each connection a slot before anything is read from it, TLS handshakes included.
type door struct {
	net.Listener
	rc *receiver
}

// Accept implements [net.Listener]. Connections without a slot are closed.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g := &guest{Conn: conn, rc: d.rc}
		address := addressOf(conn.RemoteAddr().String())
		g.slot = d.rc.slots.take(clientAt(address), d.rc.proxies.has(address), func() { _ = conn.Close() })
		if g.slot != nil {
			return g, nil
		}
		d.rc.dropped(clientAt(address))
		_ = conn.Close()
	}
}

// A guest is a connection with a slot.
type guest struct {
	net.Conn
	rc     *receiver
	slot   *slot
	served atomic.Bool // a request of it reached a handler
	once   sync.Once
}

// Close gives the slot back. A connection that was open for long without a request is suspicious;
// probes that only connect are shorter.
func (g *guest) Close() error {
	g.once.Do(func() {
		client, long := g.rc.slots.leave(g.slot)
		if long && !g.served.Load() {
			g.rc.slow(client)
		}
	})
	return g.Conn.Close()
}

// guestKey is for the connection, in the context of its requests.
type guestKey struct{}

func withGuest(ctx context.Context, conn net.Conn) context.Context {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	return context.WithValue(ctx, guestKey{}, conn)
}

// guestOf is the connection on which a request came.
func guestOf(r *http.Request) *guest {
	g, _ := r.Context().Value(guestKey{}).(*guest) // serve puts one into every context
	return g
}

// Proxies are the addresses whose X-Forwarded-For is believed.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks.
func ParseProxies(texts []string) (Proxies, error) {
	var all Proxies
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, hint.With(fmt.Errorf("%q is neither an IP address nor a network", text), "write 10.1.2.3 or 10.1.0.0/16")
			}
			p = netip.PrefixFrom(address, address.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}

func (p Proxies) has(address netip.Addr) bool {
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// sender is who sent a request that came from a peer: the last address in X-Forwarded-For that is
// not a trusted proxy, or the peer itself if that is not one.
func (p Proxies) sender(r *http.Request, peer netip.Addr) netip.Addr {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.has(peer); i-- {
		hop := addressOf(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break
		}
		peer = hop
	}
	return peer
}

// addressOf reads an IP address, with or without a port. What is none gives the zero address.
func addressOf(text string) netip.Addr {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap()
	}
	address, _ := netip.ParseAddr(text)
	return address.Unmap()
}
