package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/drifting"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// The flags that several commands share, and the words that they accept.

func connectionFlags(cmd *cobra.Command, c *connect.Connection) {
	f := cmd.Flags()
	f.StringVar(&c.URL, "url", "", "base `URL` of the API (default $ROOTLY_API_URL or "+api.DefaultURL+")")
	f.StringVar(&c.Token, "token", "", "`TOKEN` for the API (default $ROOTLY_API_TOKEN)")
	f.StringVar(&c.TokenFile, "token-file", "", "`FILE` with the token")
	f.IntVar(&c.PerMinute, "max-requests-per-minute", 0, "limit of requests per minute, below the one that Rootly announces (0: Rootly's limit)")
	f.IntVar(&c.Parallelism, "parallelism", 16, "number of concurrent requests")
	f.IntVar(&c.Retries, "retries", 7, "how often a request is retried before it fails")
	f.BoolVar(&c.Synthetic, "synthetic", false, "use the built-in organisation instead of an account")
	f.IntVar(&c.Size, "size", 0, "number of objects in the built-in organisation (0: an organisation with every type)")
	f.Uint64Var(&c.Seed, "seed", 1, "random seed of the built-in organisation")
}

func selectionFlags(cmd *cobra.Command, s *selection.Selection) {
	f := cmd.Flags()
	s.Given = f.Changed
	f.StringSliceVar(&s.Resources, "resources", nil, "`TYPES` to select, such as service,team; '*' selects all (default: all except runtime objects)")
	f.StringSliceVar(&s.Excludes, "excludes", nil, "`TYPES` to leave out")
	f.StringArrayVar(&s.Filters, "filter", nil, "select only objects that match, such as '`service.name=api-*`' (repeatable)")
}

func proofFlags(cmd *cobra.Command, p *planning.Proof) {
	f := cmd.Flags()
	f.StringVar(&p.Against, "verify", "replay", "plan against a recording of what was fetched (replay; whole: everything in one plan) or against the API (live)")
	f.BoolVar(&p.Off, "no-verify", false, "do not plan")
	f.IntVar(&p.Subset, "verify-sample", 0, "plan only `N` resources, spread over all types, and the resources that they refer to (0: all)")
	f.BoolVar(&p.NoRepair, "no-repair", false, "do not adjust the generated code; report differences")
	toolFlags(cmd, p)
}

// toolFlags are the flags about the engine and the provider.
func toolFlags(cmd *cobra.Command, p *planning.Proof) {
	f := cmd.Flags()
	f.StringVar(&p.Engine, "engine", "", "terraform, tofu or the `PATH` of one (default: the first on PATH)")
	f.StringVar(&p.Provider, "provider", "official", "provider to plan with: official or stand-in (built in, for trials)")
	f.StringArrayVar(&p.VarFiles, "var-file", nil, "`FILE` with values of variables for plans (repeatable); TF_VAR_ variables are used too")
}

func proofChoices(p *planning.Proof) []choice {
	return append(toolChoices(p), choice{"verify", &p.Against, []string{"replay", "whole", "live"}})
}

func toolChoices(p *planning.Proof) []choice {
	return []choice{{"provider", &p.Provider, []string{"official", "stand-in"}}}
}

func importAsFlags(cmd *cobra.Command, a *entries.ImportAs) {
	cmd.Flags().StringVar(&a.ImportAs, "import-as", entries.AsBlocks,
		"how objects get into the state: blocks, state, both, script, pulumi (a file for pulumi import) or none")
}

func importAsChoices(a *entries.ImportAs) []choice {
	return []choice{{"import-as", &a.ImportAs, []string{entries.AsBlocks, entries.AsState, entries.AsBoth, entries.AsScript, entries.AsPulumi, entries.AsNone}}}
}

func againFlags(cmd *cobra.Command, a *importer.Again) {
	f := cmd.Flags()
	f.StringVar(&a.Into, "into", "", "`DIRECTORY` with code of your own to add to: what it manages is skipped, and references lead to it")
	f.BoolVar(&a.Forget, "forget", false, "drop objects that are no longer selected from code and state; they stay in Rootly")
	f.BoolVar(&a.Rename, "rename-addresses", false, "give renamed objects an address made from their new name, with moved blocks")
}

// place decides where to write, given that -o has a default.
func placeInto(cmd *cobra.Command, o *importer.Settings) error {
	if o.Again.Into == "" {
		return nil
	}
	if cmd.Flags().Changed("output-dir") {
		return exit.Usage(errors.New("--into and --output-dir both name a directory"), "give one of them: --into adds to code of your own")
	}
	if stat, err := os.Stat(o.Again.Into); err != nil || !stat.IsDir() {
		return exit.Usage(fmt.Errorf("--into %s: no such directory", o.Again.Into), "give an existing root module; -o makes a new one")
	}
	o.Dir = o.Again.Into
	return nil
}

func splittingFlags(cmd *cobra.Command, s *splitter.Settings) {
	f := cmd.Flags()
	s.Given = f.Changed
	f.StringVar(&s.By, "split-by", "none", "root modules to write: none for a single one; team for one per owning team and a shared one")
	f.StringVar(&s.Across, "across", splitter.AcrossState, "how root modules refer to each other: remote-state, or data for data sources where possible")
	f.StringVar(&s.Owners, "owner-format", "@your-org/"+splitter.TeamMark, "`FORMAT` of the names of teams in CODEOWNERS, as GitHub or GitLab know them")
}

func splittingChoices(s *splitter.Settings) []choice {
	return []choice{{"split-by", &s.By, []string{"none", splitter.ByTeam}}, {"across", &s.Across, []string{splitter.AcrossState, splitter.AcrossData}}}
}

// codeFlags are those that say where code goes and what it looks like.
func codeFlags(cmd *cobra.Command, o *importer.Settings, p *printing) {
	f := cmd.Flags()
	f.StringVarP(&o.Dir, "output-dir", "o", "rootly", "`DIRECTORY` to write to")
	f.StringVar(&o.Layout, "layout", "by-type", "how code is divided into files: by-type, by-object or single")
	f.StringVar(&o.Output, "output", "hcl", "language of the files: hcl or json")
	f.StringVar(&o.Detail, "detail", "minimal", "minimal leaves out values that equal the provider's default; full writes all values")
	f.StringVar(&o.References, "references", "literal", "how references to objects outside the selection are written: literal, data or follow")
	f.StringVar(&o.Users, "users", "locals", "how users are written: locals, data or literal")
	f.StringVar(&o.System, "system", "import", "what happens to objects that Rootly made itself: import, data or skip")
	f.StringVar(&o.ProviderAlias, "provider-alias", "", "`NAME` of the provider configuration of this organisation, in a directory that has several (default: the one without an alias, or the only one)")
	f.BoolVar(&o.Force, "force", false, "overwrite files that were edited or that this program did not write")
	f.BoolVar(&o.AcceptDeleted, "accept-deleted", false, "drop the code of every object that answers 404, even if many of its type do")
	f.BoolVar(&o.DryRun, "dry-run", false, "write nothing; report what would be written")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "print no progress and no summary, only what went wrong")
	f.BoolVar(&p.json, "json", false, "print the summary as JSON")
}

func importChoices(o *importer.Settings) []choice {
	return append(slices.Concat(proofChoices(&o.Proof), importAsChoices(&o.ImportAs)),
		choice{"layout", &o.Layout, []string{"by-type", "by-object", "single"}},
		choice{"output", &o.Output, []string{"hcl", "json"}},
		choice{"detail", &o.Detail, []string{"minimal", "full"}},
		choice{"references", &o.References, []string{"literal", "data", "follow"}},
		choice{"users", &o.Users, []string{"locals", "data", "literal"}},
		choice{"system", &o.System, []string{"import", "data", "skip"}},
		choice{"secrets", &o.Secrets, []string{"plain", "masked", "blank"}},
	)
}

// A printing is how a command prints what it reports, as flags.
type printing struct{ json, markdown, quiet bool }

// in returns the world in which messages are printed like that.
func (p *printing) in(w world.World) (world.World, error) {
	o := report.Options{Quiet: p.quiet}
	switch {
	case p.json && p.markdown:
		return w, exit.Usage(errors.New("--json and --markdown cannot be combined"), "choose one")
	case p.json:
		o.Format = "json"
	case p.markdown:
		o.Format = "markdown"
	}
	return w.Reporting(o), nil
}

// run calls a use case of a command that prints like that.
func (p *printing) run(w world.World, use func(world.World) error) error {
	w, err := p.in(w)
	if err != nil {
		return err
	}
	return use(w)
}

// A choice is a flag that takes one of a few words.
type choice struct {
	flag    string
	value   *string
	choices []string
}

// check refuses unknown choices, before any request.
func check(choices []choice) error {
	for _, c := range choices {
		if err := oneOf("--"+c.flag, *c.value, c.choices); err != nil {
			return err
		}
	}
	return nil
}

// optionalDirectory takes the directory of the code from the arguments, if there is one. It has to exist.
func optionalDirectory(dir *string, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case len(args) > 1:
		return exit.Usage(fmt.Errorf("one directory at most, not %d", len(args)), "run the command once for each directory")
	}
	*dir = args[0]
	if stat, err := os.Stat(*dir); err != nil || !stat.IsDir() {
		return exit.Usage(fmt.Errorf("%s: no such directory", *dir), "give the directory of the code, such as ./rootly")
	}
	return nil
}

func badChoice(flag, value, choices string) error {
	return exit.Usage(fmt.Errorf("%s %q is not a choice", flag, value), "choose "+choices)
}

func oneOf(flag, value string, choices []string) error {
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	list := choices[0]
	for i, c := range choices[1:] {
		if i == len(choices)-2 {
			list += " or " + c
		} else {
			list += ", " + c
		}
	}
	return badChoice(flag, value, list)
}

func driftIncidentFlags(cmd *cobra.Command, o *drifting.DriftIncident) {
	f := cmd.Flags()
	f.BoolVar(&o.Incident, "incident", false, "open one Rootly incident for the drift, which later runs update")
	f.StringVar(&o.Name, "name", "", "`NAME` of this directory in its incident, to distinguish it from others (default: the name of the directory)")
	f.StringVar(&o.Severity, "severity", "", "`SLUG` of the incident's severity (default: the lowest)")
	f.StringVar(&o.Kind, "incident-kind", "normal", "`KIND` of the incident")
	o.Ties = map[post.Kind]*[]string{}
	for _, tie := range []struct {
		kind        post.Kind
		flag, whose string
	}{
		{post.Environment, "environment", "affected environments"}, {post.Service, "service", "affected services"},
		{post.Team, "team", "affected teams"}, {post.Functionality, "functionality", "affected functionalities"},
		{post.Cause, "cause", "causes"}, {post.IncidentType, "incident-type", "incident types"},
	} {
		o.Ties[tie.kind] = new([]string)
		f.StringSliceVar(o.Ties[tie.kind], tie.flag, nil, "`SLUGS` of "+tie.whose)
	}
	f.BoolVar(&o.Private, "private", false, "make the incident private")
	f.StringSliceVar(&o.Labels, "label", nil, "`KEY=VALUE` labels of the incident")
	f.BoolVar(&o.Resolve, "resolve", false, "resolve the incident when there is no drift any more")
	f.BoolVar(&o.DryRun, "dry-run", false, "print the request instead of sending it")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		for _, name := range []string{"name", "severity", "incident-kind", "environment", "service", "team", "functionality", "cause",
			"incident-type", "private", "label", "resolve", "dry-run"} {
			if f.Changed(name) {
				o.Given = append(o.Given, "--"+name)
			}
		}
	}
}
