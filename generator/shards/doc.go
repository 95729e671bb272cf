// Package shards cuts a root module into smaller ones that can be planned side by side.
//
//	files of the module, its state ──► Cutter.Cut ──► shards: files and state of each
//
// Every resource block belongs to exactly one shard, with its import, moved and removed blocks and its entry in the
// state, so that no shard sees an entry without its code. A reference to a resource of another shard is replaced by the
// value that it resolves to. What every block may need (settings, providers, variables) is in every shard, and a local
// or a data source is in each shard that reads it. All code keeps its file and line, so that messages of the engine fit.
//
// What the whole of the code proves beyond its shards is that references to other shards, which are values there, lead to
// what is declared. [Cut.Links] is the code that this takes.
//
// A module that uses anything else, such as modules or checks, cannot be cut: the error says what it is.
//
// Not here: running an engine, knowledge of Rootly, and any check of the code: what refers to nothing stays as it is.
package shards
