// Package post writes events into Rootly: pulses, incidents, what happens to an incident.
//
//	Event ──► Put ──► find by fingerprint ──► create, update or leave
//	                                             │
//	                                         permit ──► api.Conn
//
// It is the only package that writes. The permit knows each request that may leave by its verb and
// its path; everything else is refused before the network, and reading goes through a client that
// cannot write at all.
//
// An event carries its fingerprint and a digest of what it says as labels. The same event is found
// again by them, also after a post of which nobody knows whether it arrived.
//
// Not here: what an event says, and whether it should be sent.
package post
