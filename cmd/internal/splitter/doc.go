// Package splitter imports an organisation into several root modules, one for each team that owns something.
//
//	live objects ──► divide ──► a Share of package importer for each part ──► its stages ──► split.json, CODEOWNERS
//
// Other commands ask it afterwards for the parts of a directory. Not here: how one root module is linked, written and proven,
// which is the same for a part and for a whole.
package splitter
