// Package providers is the way from a live organisation to the model that the rest works on.
//
//	Rootly API ──► api ──► rootly (catalogue) ──► graph ──► generator ──► verify ──► state
//	              pages    fetch + decode         link      render        stage,     commit,
//	                                                                      plan       remember
//
// The packages below:
//
//   - rootly/api: pages of JSON:API objects, the only client of Rootly;
//   - rootly/catalogue: a table that says where each resource type is listed, who its parent is,
//     what its attributes refer to;
//   - rootly: fetching, decoding, one loop each over that table, led by the schema;
//   - schema: what the Terraform provider accepts, embedded or read from the provider in use;
//   - graph: resources whose values have exactly the types that the schema implies, with
//     references, variables and labels next to them;
//   - rootly/sandbox, rootly/standin: stand-ins for both ends, in memory: an API to read from and a
//     provider to plan with, for tests, trials and the demonstration.
//
// Two values leave these packages: a graph, which package generator renders, and the schema that it
// was made for. Another source of resources would only have to fill a graph.
//
// Not here: code. Everything is in the packages below.
package providers
