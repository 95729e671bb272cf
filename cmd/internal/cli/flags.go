package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// This file has the flags that several commands share, and the words that they accept.

func connectionFlags(cmd *cobra.Command, c *connection) {
	f := cmd.Flags()
	f.StringVar(&c.url, "url", "", "address of the API `URL` (default $ROOTLY_API_URL or "+api.DefaultURL+")")
	f.StringVar(&c.token, "token", "", "API `TOKEN` (default $ROOTLY_API_TOKEN)")
	f.StringVar(&c.tokenFile, "token-file", "", "`FILE` that holds the token")
	f.IntVar(&c.perMinute, "max-requests-per-minute", 0, "pace below the limit that Rootly announces; 0 follows Rootly")
	f.IntVar(&c.parallelism, "parallelism", 16, "requests in flight at once")
	f.IntVar(&c.retries, "retries", 7, "times that a request is repeated before it counts as failed")
	f.BoolVar(&c.synthetic, "synthetic", false, "use the built-in organisation instead of an account")
	f.IntVar(&c.size, "size", 0, "objects in the built-in organisation (0: one that has every type)")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the built-in organisation")
}

func selectionFlags(cmd *cobra.Command, s *selection) {
	f := cmd.Flags()
	s.given = f.Changed
	f.StringSliceVar(&s.resources, "resources", nil, "`TYPES` to take, such as service,team; '*' takes all (default: all but runtime objects)")
	f.StringSliceVar(&s.excludes, "excludes", nil, "`TYPES` to leave out")
	f.StringArrayVar(&s.filters, "filter", nil, "take only objects that match, such as '`service.name=api-*`' (repeatable)")
}

func proofFlags(cmd *cobra.Command, p *proof) {
	f := cmd.Flags()
	f.StringVar(&p.against, "verify", "replay", "plan against what was fetched (replay) or the API (live)")
	f.BoolVar(&p.off, "no-verify", false, "do not plan")
	f.IntVar(&p.subset, "verify-sample", 0, "plan only `N` resources, spread over the types, and what they refer to (0: all)")
	f.BoolVar(&p.noRepair, "no-repair", false, "do not bend the code until its plan is clean; tell the differences")
	toolFlags(cmd, p)
}

// toolFlags are those that say what plans.
func toolFlags(cmd *cobra.Command, p *proof) {
	f := cmd.Flags()
	f.StringVar(&p.engine, "engine", "", "terraform, tofu or the `PATH` of one (default: the first on PATH)")
	f.StringVar(&p.provider, "provider", "official", "provider to plan with: official or stand-in (built in, for trials)")
}

func proofChoices(p *proof) []choice {
	return append(toolChoices(p), choice{"verify", &p.against, []string{"replay", "live"}})
}

func toolChoices(p *proof) []choice {
	return []choice{{"provider", &p.provider, []string{"official", "stand-in"}}}
}

func importAsFlags(cmd *cobra.Command, a *importAs) {
	cmd.Flags().StringVar(&a.importAs, "import-as", asBlocks,
		"how Terraform gets to know the objects: blocks, state, both, script or none")
}

func importAsChoices(a *importAs) []choice {
	return []choice{{"import-as", &a.importAs, []string{asBlocks, asState, asBoth, asScript, asNone}}}
}

func againFlags(cmd *cobra.Command, a *again) {
	f := cmd.Flags()
	f.StringVar(&a.into, "into", "", "`DIRECTORY` with code of your own to write beside: what it manages is skipped and referred to")
	f.BoolVar(&a.forget, "forget", false, "let objects that are no longer selected leave code and state, and live on")
	f.BoolVar(&a.rename, "rename-addresses", false, "give objects that were renamed the address of their new name, with moved blocks")
}

// place resolves where to write, given that -o has a default.
func placeInto(cmd *cobra.Command, o *importOptions) error {
	if o.again.into == "" {
		return nil
	}
	if cmd.Flags().Changed("output-dir") {
		return usage(errors.New("--into and --output-dir both name a directory"), "give one of them: --into writes beside code of your own")
	}
	if stat, err := os.Stat(o.again.into); err != nil || !stat.IsDir() {
		return usage(fmt.Errorf("--into %s: no such directory", o.again.into), "give the root module that you have; -o makes a new one")
	}
	o.dir = o.again.into
	return nil
}

func splittingFlags(cmd *cobra.Command, s *splitting) {
	f := cmd.Flags()
	s.given = f.Changed
	f.StringVar(&s.by, "split-by", "none", "root modules: none makes one; team one for each owning team, and one they share")
	f.StringVar(&s.across, "across", acrossState, "references between them: remote-state, or data looks up what it can")
	f.StringVar(&s.owners, "owner-format", "@your-org/"+teamMark, "how CODEOWNERS names a team, as GitHub and GitLab know it: `FORMAT`")
}

func splittingChoices(s *splitting) []choice {
	if s.given == nil {
		return nil
	}
	return []choice{{"split-by", &s.by, []string{"none", byTeam}}, {"across", &s.across, []string{acrossState, acrossData}}}
}

// codeFlags are those that say where code goes and what it looks like.
func codeFlags(cmd *cobra.Command, o *importOptions) {
	f := cmd.Flags()
	f.StringVarP(&o.dir, "output-dir", "o", "rootly", "`DIRECTORY` to write to")
	f.StringVar(&o.layout, "layout", "by-type", "files: by-type, by-object or single")
	f.StringVar(&o.output, "output", "hcl", "language of the files: hcl or json")
	f.StringVar(&o.detail, "detail", "minimal", "minimal leaves out what equals the provider's default; full writes all")
	f.StringVar(&o.references, "references", "literal", "for what is referred to but not taken: literal, data or follow")
	f.StringVar(&o.users, "users", "locals", "how people are written: locals, data or literal")
	f.StringVar(&o.system, "system", "import", "objects that Rootly made: import, data or skip")
	f.BoolVar(&o.force, "force", false, "overwrite files that were edited or are not of this program")
	f.BoolVar(&o.acceptDeleted, "accept-deleted", false, "drop the code of every object that answers 404, even if none of its type can be read")
	f.BoolVar(&o.dryRun, "dry-run", false, "write nothing; tell what would be written")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress and no summary")
	f.BoolVar(&o.json, "json", false, "print the summary as JSON")
}

func importChoices(o *importOptions) []choice {
	return append(slices.Concat(proofChoices(&o.proof), importAsChoices(&o.importAs), splittingChoices(&o.splitting)),
		choice{"layout", &o.layout, []string{"by-type", "by-object", "single"}},
		choice{"output", &o.output, []string{"hcl", "json"}},
		choice{"detail", &o.detail, []string{"minimal", "full"}},
		choice{"references", &o.references, []string{"literal", "data", "follow"}},
		choice{"users", &o.users, []string{"locals", "data", "literal"}},
		choice{"system", &o.system, []string{"import", "data", "skip"}},
		choice{"secrets", &o.secrets, []string{"plain", "masked", "blank"}},
	)
}

// A choice is a flag that takes one of a few words.
type choice struct {
	flag    string
	value   *string
	choices []string
}

// check refuses choices that do not exist, before anything is asked of the API.
func check(choices []choice) error {
	for _, c := range choices {
		if err := oneOf("--"+c.flag, *c.value, c.choices); err != nil {
			return err
		}
	}
	return nil
}

func badChoice(flag, value, choices string) error {
	return usage(fmt.Errorf("%s %q is not a choice", flag, value), "choose "+choices)
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

func driftIncidentFlags(cmd *cobra.Command, o *driftIncident) {
	f := cmd.Flags()
	f.BoolVar(&o.incident, "incident", false, "raise the drift as one Rootly incident, which later runs update")
	f.StringVar(&o.name, "name", "", "`NAME` that tells this directory's incident from others (default: the directory's own)")
	f.StringVar(&o.severity, "severity", "", "`SLUG` of the incident's severity (default: a lowest one)")
	f.StringVar(&o.kind, "incident-kind", "normal", "`KIND` of the incident")
	o.ties = map[post.Kind]*[]string{}
	for _, tie := range []struct {
		kind        post.Kind
		flag, whose string
	}{
		{post.Environment, "environment", "environments concerned"}, {post.Service, "service", "services concerned"},
		{post.Team, "team", "teams concerned"}, {post.Functionality, "functionality", "functionalities concerned"},
		{post.Cause, "cause", "causes"}, {post.IncidentType, "incident-type", "incident types"},
	} {
		o.ties[tie.kind] = new([]string)
		f.StringSliceVar(o.ties[tie.kind], tie.flag, nil, "`SLUGS` of "+tie.whose)
	}
	f.BoolVar(&o.private, "private", false, "make the incident private")
	f.StringSliceVar(&o.labels, "label", nil, "`KEY=VALUE` labels of the incident")
	f.BoolVar(&o.resolve, "resolve", false, "resolve the incident when the drift is gone")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the request instead of sending it")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		for _, name := range []string{"name", "severity", "incident-kind", "environment", "service", "team", "functionality", "cause",
			"incident-type", "private", "label", "resolve", "dry-run"} {
			if f.Changed(name) {
				o.given = append(o.given, "--"+name)
			}
		}
	}
}
