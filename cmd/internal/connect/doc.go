// Package connect opens the API that a command reads.
//
//	Connection (settings) ──► Open ──► api.Client, Target for the engine
//
// With Synthetic, the built-in organisation is served on the loopback interface. Not here: requests.
package connect
