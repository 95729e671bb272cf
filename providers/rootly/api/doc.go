// Package api reads JSON:API objects from Rootly over HTTP.
//
// One request flows through
//
//	Client ──► retry ──► pace ──► guard ──► network
//	           again     wait     refuse
//	           ▲                             │
//	           └───── decode ◄───────────────┘
//
// A list is a walk over such requests, page by page ([Client.List],
// [Client.Pages]). Decoding is part of what is retried, so a torn body costs a
// second request, never a row.
//
// The guard lets nothing but GET through, and only to the configured host: it
// is the one place that knows the token.
//
// Not here: any resource type. Which paths exist, and what the attributes
// mean, is for the callers.
package api
