package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// examine makes all checks in turn. The checks of the API stop early if the token or the URL is wrong.
func examine(ctx context.Context, w world.World, o *Settings) ([]finding, error) {
	findings, err := remote(ctx, w, o)
	if err != nil {
		return nil, err
	}
	place, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", o.Dir, err)
	}
	above := existing(place)
	return append(findings,
		engine(ctx, w, o, above),
		provider(place),
		directory(place, above),
		repository(ctx, above),
		space(above),
	), ctx.Err()
}

// remote are the checks that ask the API.
func remote(ctx context.Context, w world.World, o *Settings) ([]finding, error) {
	heads := newHeads()
	client, base, done, err := open(w, o, heads)
	var usage *exit.Fault
	switch {
	case errors.As(err, &usage):
		return nil, err
	case err != nil:
		return []finding{fault("token", failed, err)}, nil
	}
	defer done()
	_, err = client.Relay(ctx, "/v1/teams", url.Values{"page[size]": {"1"}})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, api.ErrUnauthorized):
		return []finding{fault("token", failed, err)}, nil
	case err != nil && !rootly.Absent(err):
		return []finding{fault("api", failed, err)}, nil
	}
	findings := []finding{{"token", fine, "accepted", ""}, {"api", fine, base, ""}, clock(heads, w.Now())}
	kind, err := rootly.TeamKey(ctx, client, nil, true)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		findings = append(findings, finding{"key", warning, kind, "use a global API key, made under Organization Settings > API Keys"})
	}
	types, err := readable(ctx, client)
	if err != nil {
		return nil, err
	}
	return append(findings, types,
		readableOne(ctx, client, "audit log", "/v1/audits", "audit, and the authors of drift, need the permission Audits - read in the role of the key"),
		readableOne(ctx, client, "incidents", "/v1/incidents", "only record and drift --incident need incidents; the key of a team never sees them"),
	), ctx.Err()
}

// farOff is how much two clocks may differ.
const farOff = 2 * time.Minute

func clock(h *heads, now time.Time) finding {
	said := ""
	select {
	case said = <-h.date:
	default:
	}
	there, err := http.ParseTime(said)
	if err != nil {
		return finding{"clock", fine, "the API does not send its time", ""}
	}
	if off := now.Sub(there).Abs(); off > farOff {
		return finding{"clock", warning, fmt.Sprintf("this machine and the API differ by %s", off.Round(time.Second)),
			"set the clock of this machine; --since and the authors of drift depend on it"}
	}
	return finding{"clock", fine, "within " + farOff.String() + " of the API's", ""}
}

// readable asks once for each collection that has no parent.
func readable(ctx context.Context, c *api.Client) (finding, error) {
	var mu sync.Mutex
	refused := map[string]bool{}
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(8)
	types, asked := 0, map[string]bool{}
	for _, t := range catalogue.Types() {
		if t.Optional != "" {
			continue
		}
		types++
		path := t.Paths[0]
		if strings.Contains(path, "{parent}") || asked[path] {
			continue
		}
		asked[path] = true
		g.Go(func() error {
			_, err := c.Relay(within, path, url.Values{"page[size]": {"1"}})
			if rootly.Absent(err) {
				mu.Lock()
				defer mu.Unlock()
				refused[t.Name] = true
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return fault("types", failed, err), ctx.Err()
	}
	switch len(refused) {
	case 0:
		return finding{"types", fine, fmt.Sprintf("the key may read all %d types", types), ""}, nil
	case len(asked):
		return finding{"types", failed, "the key may read none of the types",
			"give the key's role permission to read, under Configuration > Roles & Permissions, or use a global API key"}, nil
	}
	var names []string
	for name := range refused {
		names = append(names, name)
	}
	slices.Sort(names)
	return finding{"types", warning, "the key may not read, or the organisation does not have: " + strings.Join(names, ", "),
		"an import leaves these types out; a key with more permissions sees more"}, nil
}

func readableOne(ctx context.Context, c *api.Client, check, path, hint string) finding {
	_, err := c.Relay(ctx, path, url.Values{"page[size]": {"1"}})
	switch {
	case err == nil:
		return finding{check, fine, "the key may read it", ""}
	case rootly.Absent(err):
		return finding{check, warning, "the key may not read it", hint}
	}
	return fault(check, warning, err)
}

func engine(ctx context.Context, w world.World, o *Settings, dir string) finding {
	e, err := planning.FindEngine(ctx, w, o.Engine, dir)
	var missing *engines.UnavailableError
	switch {
	case errors.As(err, &missing):
		return finding{"engine", failed, missing.Error(), missing.Hint()}
	case err != nil:
		return fault("engine", failed, err)
	}
	return finding{"engine", fine, e.Name + " " + e.Version, ""}
}

// provider compares the installed provider with the tested one.
func provider(dir string) finding {
	proven := schema.SnapshotVersion
	p, err := engines.Installed(dir)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fault("provider", warning, err)
	case p.Version == "":
		return finding{"provider", fine, "not installed in the directory yet; tested with " + proven, ""}
	case minor(p.Version) != minor(proven):
		return finding{"provider", warning, p.Version + " is installed, but only " + minor(proven) + " was tested",
			"import shows in a plan whether it works; to be sure, require " + proven}
	}
	return finding{"provider", fine, p.Version + " is installed", ""}
}

// minor is a version without its last number.
func minor(version string) string {
	return version[:max(0, strings.LastIndexByte(version, '.'))]
}

// existing is the directory, or its nearest existing parent.
func existing(dir string) string {
	for !world.Exists(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
	return dir
}

// directory tests whether an import could write.
func directory(place, above string) finding {
	stat, err := os.Stat(above)
	if err != nil {
		return fault("directory", failed, err)
	}
	if !stat.IsDir() {
		return finding{"directory", failed, above + " is not a directory", "give another directory with -o"}
	}
	trial, err := disk.MkdirTemp(above, ".doctor-*")
	if err != nil {
		return finding{"directory", failed, err.Error(), "give a directory with -o that you may write to"}
	}
	if err := os.Remove(trial); err != nil {
		return fault("directory", warning, err)
	}
	if place != above {
		return finding{"directory", fine, place + " can be created", ""}
	}
	return finding{"directory", fine, place + " can be written to", ""}
}

func repository(ctx context.Context, dir string) finding {
	if _, err := exec.LookPath("git"); err != nil {
		return finding{"git", warning, "git is not on the PATH", "install git to keep the code, and for export --commit"}
	}
	if _, err := git.Run(ctx, dir, "rev-parse", "--is-inside-work-tree"); err != nil {
		return finding{"git", warning, "the directory is not in a git repository", "run git init there, and commit what an import writes"}
	}
	return finding{"git", fine, "the directory is in a git repository", ""}
}

// needed is the space for an import of a large organisation, with the provider.
const needed = 1 << 30

func space(dir string) finding {
	free, err := freeSpace(dir)
	if err != nil {
		return fault("disk", warning, fmt.Errorf("free space of %s: %w", dir, err))
	}
	detail := fmt.Sprintf("%d MB free", free>>20)
	if free < needed {
		return finding{"disk", warning, detail, fmt.Sprintf("a large import and the provider need up to %d MB", needed>>20)}
	}
	return finding{"disk", fine, detail, ""}
}
