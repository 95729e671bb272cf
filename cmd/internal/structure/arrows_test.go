package structure

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// An arrow forbids imports from one place to another. Paths are from the project's root; one that
// ends in "/..." means everything below too.
type arrow struct {
	from   []string
	not    []string // what may not be imported
	but    []string // what may be, all the same
	tests  bool     // whether tests have to obey as well
	reason string
}

var (
	ours = []string{"cmd/...", "generator/...", "providers/...", "state/..."}
	web  = []string{"net/http", "net/http/..."}

	// free is what any package may import: errors, the bounds of numbers and harmful characters are the same everywhere.
	free = []string{"providers/hint", "providers/number", "providers/visible"}
)

var arrows = []arrow{
	{
		from: []string{"providers/hint", "providers/number", "providers/visible"}, not: ours,
		reason: "whatever may be imported by all depends on none",
	},
	{
		from: []string{"providers/graph"}, not: ours, tests: true,
		reason: "the graph is the one language that all stages speak, so it can depend on none of them",
	},
	{
		from: []string{"providers/graph/..."}, not: ours, but: []string{"providers/graph/...", "providers/shown"},
		reason: "what works on the graph knows no more than the graph",
	},
	{
		from: []string{"providers/schema"}, not: ours,
		reason: "what the provider accepts is a fact about the provider, whatever this program does with it",
	},
	{
		from: []string{"generator", "state/..."}, not: []string{"providers/rootly/..."}, tests: true,
		reason: "code and files are the same for whatever is read; what is special about Rootly is in the graph already",
	},
	{
		from: []string{"generator/plans/..."}, not: ours, but: []string{"generator/plans/...", "providers/graph/secret", "providers/shown"},
		reason: "a plan may be of any provider, and reads the same whoever made it and whoever wants to know",
	},
	{
		from: []string{"generator/engines/..."}, not: ours, but: []string{"generator/engines/...", "generator/plans", "generator/plans/printed", "state/disk", "state/private"},
		reason: "an engine runs the same whatever it plans; the proof may not share code with what it proves, and how files are written says nothing about what they say",
	},
	{
		from: []string{"generator/shards"}, not: append([]string{"os", "os/..."}, ours...), but: []string{"providers/graph"},
		reason: "cutting code is pure, and needs no more of the graph than its addresses",
	},
	{
		from: []string{"generator/verify"}, not: ours, but: []string{"generator/plans", "providers/shown"},
		reason: "the proof may not share code with what it proves; how values are shown says nothing about what they say",
	},
	{
		from: []string{"generator/plans", "generator/verify"}, not: []string{"os", "os/...", "io/fs", "path/filepath"},
		reason: "reading and judging a plan are pure: the engine's output comes in as a stream",
	},
	{
		from: []string{"state", "state/code", "state/disk", "state/ignore", "state/lock", "state/private", "state/strict", "state/tfstate"}, not: ours, but: []string{"state/...", "providers/graph"},
		reason: "files come in as bytes: what they say is not the business of who keeps them",
	},
	{
		from: []string{"state/auditcopy"}, not: ours, but: []string{"state/...", "providers/audit"},
		reason: "the copy keeps events as it gets them, wherever they come from",
	},
	{
		from: []string{"cmd/internal/screen"}, not: ours,
		reason: "where the output goes says nothing about what it is",
	},
	{
		from: []string{"providers/audit"}, not: ours, but: []string{"providers/graph/...", "providers/shown"},
		reason: "an event is the same from the API, from a webhook and from a file, so reading it knows none of them",
	},
	{
		from: []string{"generator/...", "providers/...", "state/..."}, not: []string{"cmd/..."}, tests: true,
		reason: "commands use the packages, never the other way round",
	},
	{
		from: []string{"cmd/internal/collector"}, not: []string{"cmd/...", "generator/..."},
		but:    []string{"cmd/internal/collector", "cmd/internal/intake", "cmd/internal/report"},
		reason: "a collector runs for months whatever started it, and has nothing to do with code: settings come in as values",
	},
	{
		from: []string{"cmd/internal/intake"}, not: ours, but: []string{"providers/audit", "state/auditcopy"},
		reason: "an intake knows what a vendor accepts, and nothing of who reads events or when",
	},
	{
		from: []string{"cmd/internal/intake/intaketest"}, not: ours, tests: true,
		reason: "an imitation that shares code with what it tests agrees with it in its mistakes",
	},
	{
		from: []string{"cmd/internal/auditview"}, not: []string{"cmd/...", "generator/...", "providers/rootly/..."},
		but:    []string{"cmd/internal/auditview", "cmd/internal/report", "generator/plans/printed"},
		reason: "events are shown in the same way whether they come from the API or from a copy",
	},
	{
		from: []string{"providers/rootly/auditlog"}, not: ours, but: []string{"providers/audit", "providers/rootly/api"},
		reason: "reading the audit log needs no resource type",
	},
	{
		from: []string{"cmd/internal/importer"}, not: []string{"cmd/internal/splitter", "cmd/internal/exporter", "cmd/internal/drifting", "cmd/internal/cli"}, tests: true,
		reason: "one root module is imported in the same way whether it stands alone or is one of several, and whoever asks for it",
	},
	{
		from: []string{"cmd/internal/entries", "cmd/internal/prooffile"}, not: []string{"cmd/internal/importer", "cmd/internal/splitter", "cmd/internal/cli"}, tests: true,
		reason: "what an import leaves next to the code follows from values, whoever imports",
	},
	{
		from: []string{"cmd/internal/managed"}, not: []string{"cmd/internal/importer", "cmd/internal/splitter", "cmd/internal/exporter", "cmd/internal/status", "cmd/internal/cli"}, tests: true,
		reason: "what a root module manages is the same whoever asks",
	},
	{
		from: []string{"cmd/internal/splitter"}, not: []string{"cmd/internal/exporter", "cmd/internal/drifting", "cmd/internal/status", "cmd/internal/cli"}, tests: true,
		reason: "what the parts of a directory are is known before any command looks at them",
	},
	{
		from: []string{
			"cmd/internal/authors", "cmd/internal/connect", "cmd/internal/drifting", "cmd/internal/entries", "cmd/internal/exit", "cmd/internal/exporter", "cmd/internal/git",
			"cmd/internal/importer", "cmd/internal/livevalues", "cmd/internal/managed", "cmd/internal/planning", "cmd/internal/prooffile", "cmd/internal/record", "cmd/internal/report", "cmd/internal/selection", "cmd/internal/snapshot",
			"cmd/internal/splitter", "cmd/internal/status", "cmd/internal/tidy", "cmd/internal/upgrade", "cmd/internal/verifier", "cmd/internal/world",
		},
		not:    []string{"github.com/spf13/..."},
		reason: "flags, help and completions belong to the command line; everybody else takes settings as values",
	},
	{
		from: []string{"cmd/internal/report"}, not: ours, but: []string{"providers/audit", "providers/shown"},
		reason: "the report is told what happened, as values, and looks nothing up",
	},
	{
		from: []string{"cmd/internal/page"}, not: append([]string{"os", "os/..."}, ours...),
		reason: "a page is told what it shows, as values, and looks nothing up",
	},
	{
		from: []string{"cmd/...", "state/...", "providers/..."}, not: []string{"github.com/hashicorp/go-version"},
		reason: "engines knows how versions compare: ask Engine.AtLeast",
	},
	{
		from: []string{"providers/rootly/api"}, not: ours, but: []string{"providers/rootly/api"}, tests: true,
		reason: "the client knows JSON:API and no resource type, so that nothing about types hides in it",
	},
	{
		from: []string{"generator/...", "providers/...", "state/..."}, not: []string{"providers/rootly/post"},
		reason: "the one client that can write is for the commands that say so: what only reads cannot get at it",
	},
	{
		from: []string{"providers/rootly"}, not: []string{"providers/rootly/sandbox/...", "providers/rootly/standin"},
		reason: "what reads a live organisation may not know the imitations that it is tested with",
	},
	{
		from:   []string{"providers/rootly/standin"},
		not:    ours,
		but:    []string{"providers/rootly/catalogue", "providers/schema"},
		reason: "the stand-in reads the API by its own road: a proof through the importer's decoder would be circular",
	},
	{
		from:   []string{"providers/rootly/sandbox/..."},
		not:    []string{"providers/rootly", "providers/rootly/api", "providers/rootly/standin", "generator/...", "state/..."},
		reason: "an imitation of the API that shares code with the client agrees with it in its mistakes",
	},
	{
		from:   []string{"providers/rootly/catalogue"},
		not:    ours,
		but:    []string{"providers/graph", "providers/schema"},
		reason: "the catalogue is facts, and facts need nobody",
	},
	{
		from:   []string{"generator/...", "providers/graph/...", "providers/schema/...", "providers/rootly/catalogue", "state/...", "cmd/internal/report", "cmd/internal/auditview"},
		not:    web,
		reason: "HTTP belongs to the client, to the two imitations of the far end, and to the commands that serve them",
	},
	{
		from: []string{
			"generator/...", "providers/graph/...", "providers/schema", "providers/rootly", "providers/rootly/api",
			"providers/rootly/catalogue", "providers/rootly/sandbox/...", "state/...",
		},
		not:    []string{"log", "flag"},
		reason: "packages return errors and values: talking and flags belong to the commands",
	},
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, func(s *source) bool { return !s.nested }) {
		for _, a := range arrows {
			if s.test && !a.tests || !matches(a.from, s.dir) {
				continue
			}
			for _, imported := range s.imports() {
				short := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
				own := s.test && short == s.dir
				if !own && matches(a.not, short) && !matches(a.but, short) && !matches(free, short) {
					t.Errorf("%s imports %s, but %s; move the code, or pass what it needs in", s.path, short, a.reason)
				}
			}
		}
	}
}

// matches reports whether a path is one of the patterns.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if below, ok := strings.CutSuffix(p, "/..."); ok {
			return name == below || strings.HasPrefix(name, below+"/")
		}
		return name == p
	})
}

func TestArrowsStartSomewhere(t *testing.T) {
	t.Parallel()
	packages := byPackage(files(t, every))
	for _, a := range arrows {
		if a.reason == "" {
			t.Errorf("the arrow from %v has no reason; say why in cmd/internal/structure/arrows_test.go", a.from)
		}
		for _, from := range slices.Concat(a.from, a.but) {
			found := false
			for dir := range packages {
				found = found || matches([]string{from}, dir)
			}
			if !found {
				t.Errorf("the arrow from %s holds nothing: no such package; correct cmd/internal/structure/arrows_test.go", from)
			}
		}
	}
}

// Flags and help are the command line's: whatever else there is takes settings, so that it can be used and tested without.
func TestOnlyTheCommandLineKnowsFlags(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, func(s *source) bool { return !s.nested }) {
		if s.dir != "cmd/internal/cli" && slices.ContainsFunc(s.imports(), func(i string) bool { return strings.HasPrefix(i, "github.com/spf13/") }) {
			t.Errorf("%s imports cobra or pflag; bind flags in cmd/internal/cli, and pass settings on", s.path)
		}
	}
}

// The places where the whole program is put together, and nobody else may be.
func TestOnlyMainImportsTheCommands(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, product) {
		if slices.Contains(s.imports(), module+"/cmd/internal/cli") && s.dir != "cmd/terraformer-rootly" && s.dir != "cmd/internal/documents" {
			t.Errorf("%s imports the commands; only main does, since a command is the end of the line", s.path)
		}
		if s.syntax.Name.Name == "main" && !s.nested && path.Dir(s.dir) == "cmd" && s.lines(s.syntax) > 20 {
			t.Errorf("%s has %d lines; main starts the command line and exits, the rest belongs to cmd/internal/cli", s.path, s.lines(s.syntax))
		}
	}
}
