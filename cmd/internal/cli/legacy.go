package cli

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// This file keeps the command lines of the tool that this program follows. They are translated
// into those of today, and either run with the meaning that they had, or end in one error that
// names the new form.

// oldImport are the flags below "import rootly".
type oldImport struct {
	resources, excludes, filters      []string
	pathPattern, pathOutput           string
	state, bucket, output, url, token string
	connect, compact, verbose, noSort bool
	retries, retrySleep               int
}

const oldPattern = "{output}/{provider}/{service}/"

// newOldImport makes "import rootly". Flags of today that do not collide work there too.
func newOldImport(w world.World) *cobra.Command {
	cmd := oldCommand("rootly", func(cmd *cobra.Command, line commandLine) error {
		if err := line.refuse(""); err != nil {
			return err
		}
		if quiet, _ := cmd.Flags().GetBool("quiet"); !quiet {
			line.note(w.Err)
		}
		now := newImport(w)
		now.SilenceErrors, now.SilenceUsage = true, true
		now.SetArgs(line.args[1:])
		return now.ExecuteContext(cmd.Context())
	})
	cmd.AddCommand(&cobra.Command{
		Use: "list", Short: "List the types", Args: noArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error { return listOld(w.Out) },
	})
	return cmd
}

// newOldPlan makes "plan", which wrote plan files and read them, at both of its places.
func newOldPlan() *cobra.Command {
	cmd := &cobra.Command{
		Use: "plan", Short: "Gone: import has --dry-run", Hidden: true,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		Args:               cobra.ArbitraryArgs,
		RunE: func(*cobra.Command, []string) error {
			return exit.Usage(errors.New("plan files are gone: import reads and writes in one go"),
				world.Program+" import -o DIRECTORY --dry-run shows what would be written; without --dry-run it is written")
		},
	}
	cmd.AddCommand(oldCommand("rootly", func(_ *cobra.Command, line commandLine) error {
		line.args = append(line.args, "--dry-run")
		line.gone = append([]string{"plan files are gone"}, line.gone...)
		return line.refuse(" shows what would be written; without --dry-run it is written")
	}))
	return cmd
}

// oldCommand makes a command that takes the old flags and hands over the translation.
func oldCommand(use string, run func(*cobra.Command, commandLine) error) *cobra.Command {
	o := &oldImport{}
	cmd := &cobra.Command{
		Use: use, Short: "Import as the tool before did", Hidden: true, Args: noArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := o.translate(cmd.Flags())
			if err != nil {
				return err
			}
			return run(cmd, line)
		},
	}
	o.flags(cmd.Flags())
	newImport(world.World{}).Flags().VisitAll(func(f *pflag.Flag) {
		if cmd.Flags().Lookup(f.Name) == nil && f.Name != "output-dir" && f.Name != "layout" {
			cmd.Flags().AddFlag(f)
		}
	})
	return cmd
}

func (o *oldImport) flags(f *pflag.FlagSet) {
	f.StringSliceVarP(&o.resources, "resources", "r", nil, "`TYPES` to take, with what they own")
	f.StringSliceVarP(&o.excludes, "excludes", "x", nil, "`TYPES` to leave out, with what they own")
	f.StringSliceVarP(&o.filters, "filter", "f", nil, "such as service=id1:id2 or 'Type=service;Name=name;Value=api'")
	f.StringVarP(&o.pathPattern, "path-pattern", "p", oldPattern, "directory below the output")
	f.StringVarP(&o.pathOutput, "path-output", "o", "generated", "`DIRECTORY` to write to")
	f.StringVarP(&o.state, "state", "s", "local", "local or bucket")
	f.StringVarP(&o.bucket, "bucket", "b", "", "bucket for the state")
	f.BoolVarP(&o.connect, "connect", "c", true, "write references")
	f.BoolVarP(&o.compact, "compact", "C", false, "write one file")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log more")
	f.BoolVarP(&o.noSort, "no-sort", "S", false, "do not sort")
	f.StringVarP(&o.output, "output", "O", "hcl", "hcl or json")
	f.IntVarP(&o.retries, "retry-number", "n", 5, "times that a request is repeated")
	f.IntVarP(&o.retrySleep, "retry-sleep-ms", "m", 300, "time between retries")
	f.StringVarP(&o.url, "url", "u", "", "address of the API `URL`")
	f.StringVarP(&o.token, "token", "t", "", "API `TOKEN`")
}

// A commandLine is the translation: arguments of today, and what has no counterpart.
type commandLine struct {
	args  []string
	gone  []string
	notes []string
}

// translate goes over the flags that were given. None is ignored: what it does not know is gone.
func (o *oldImport) translate(given *pflag.FlagSet) (commandLine, error) {
	line := commandLine{args: []string{"import"}}
	resources, err := o.selected(&line)
	if err != nil {
		return line, err
	}
	dir := o.directory(&line, given.Changed("path-pattern"))
	line.add("-o", dir)
	if resources != "" {
		line.add("--resources", resources)
	}
	given.Visit(func(f *pflag.Flag) {
		if err == nil {
			err = o.flag(f, &line)
		}
	})
	return line, err
}

// flag translates one flag, other than those of which types and which directory.
func (o *oldImport) flag(f *pflag.Flag, line *commandLine) error {
	switch f.Name {
	case "resources", "path-pattern", "path-output":
	case "excludes":
		words, err := withOwned(o.excludes)
		line.add("--excludes", strings.Join(words, ","))
		return err
	case "filter":
		filters, err := oldFilters(o.filters)
		for _, filter := range filters {
			line.add("--filter", filter)
		}
		return err
	case "compact":
		if o.compact {
			line.add("--layout", "single")
		}
	case "retry-number":
		line.add("--retries", strconv.Itoa(o.retries))
	default:
		o.rest(f, line)
	}
	return nil
}

// rest translates flags that keep their name, and finds those that are gone.
func (o *oldImport) rest(f *pflag.Flag, line *commandLine) {
	switch {
	case f.Name == "state" && o.state == "local", f.Name == "connect" && o.connect,
		f.Name == "no-sort" && !o.noSort, f.Name == "verbose" && !o.verbose:
		// What happens anyway: code without a backend keeps its state beside it.
	case f.Name == "state", f.Name == "bucket":
		line.lacks("--"+f.Name, "state goes where a backend block says, and the import blocks fill it at the first apply")
	case f.Name == "connect":
		line.lacks("--connect=false", "references are always written")
	case f.Name == "no-sort":
		line.lacks("--no-sort", "the order is always the same, so that a second run changes nothing")
	case f.Name == "verbose":
		line.lacks("--verbose", "progress goes to standard error by itself, and --json tells all")
	case f.Name == "retry-sleep-ms":
		line.lacks("--retry-sleep-ms", "the time between retries is what Rootly asks for")
	default:
		line.addFlag(f)
	}
}

// selected translates the types: a word stood for a type with all that it owns.
func (o *oldImport) selected(line *commandLine) (string, error) {
	if len(o.resources) == 0 {
		return "", exit.Usage(errors.New("import rootly needs --resources"), world.Program+" import -o generated/rootly takes everything")
	}
	if slices.Contains(o.resources, "*") {
		return "", nil
	}
	words, err := withOwned(o.resources)
	if len(words) > len(o.resources) {
		line.notes = append(line.notes, "with what belongs to the types that were named")
	}
	return strings.Join(words, ","), err
}

// directory is the place that the old pattern meant. A directory for each type is no place for
// code with references between the types.
func (o *oldImport) directory(line *commandLine, explicit bool) string {
	const service = "{service}"
	pattern := o.pathPattern
	if strings.Contains(pattern, service) && (len(o.resources) != 1 || o.resources[0] == "*") {
		var kept []string
		for _, part := range strings.Split(pattern, "/") {
			if !strings.Contains(part, service) {
				kept = append(kept, part)
			}
		}
		pattern = strings.Join(kept, "/")
		if explicit {
			line.lacks("--path-pattern with {service}", "references reach no further than one directory, in which --layout by-type writes a file for each type")
		} else {
			line.notes = append(line.notes, "in one directory instead of one for each type, since references reach no further")
		}
	}
	word := ""
	if len(o.resources) > 0 {
		word = o.resources[0]
	}
	return path.Clean(strings.NewReplacer("{output}", o.pathOutput, "{provider}", "rootly", service, word).Replace(pattern))
}

func (l *commandLine) add(flag, value string) { l.args = append(l.args, flag+"="+value) }

// addFlag adds a flag as it was given, lists value by value.
func (l *commandLine) addFlag(f *pflag.Flag) {
	values := []string{f.Value.String()}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		values = list.GetSlice()
	}
	for _, v := range values {
		l.add("--"+f.Name, v)
	}
}

func (l *commandLine) lacks(flag, reason string) {
	l.gone = append(l.gone, flag+" is gone: "+reason)
}

// refuse is the error for what has no counterpart.
func (l *commandLine) refuse(after string) error {
	if len(l.gone) == 0 {
		return nil
	}
	return exit.Usage(errors.New(strings.Join(l.gone, "; ")), l.String()+after)
}

// String is the command line as one would type it, without the token.
func (l *commandLine) String() string {
	words := []string{world.Program}
	for _, arg := range l.args {
		flag, value, ok := strings.Cut(arg, "=")
		switch {
		case flag == "--token":
			words = append(words, flag, "TOKEN")
		case value == "false":
			words = append(words, arg)
		case ok && value != "true":
			words = append(words, flag, shellQuote(value))
		default:
			words = append(words, flag)
		}
	}
	return strings.Join(words, " ")
}

// note tells what the command line has become.
func (l *commandLine) note(out io.Writer) {
	text := "note: this is now: " + l.String()
	if len(l.notes) > 0 {
		text += " (" + strings.Join(l.notes, "; ") + ")"
	}
	fmt.Fprintln(out, text)
}

func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:,@%+=-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// withOwned adds to words of the old tool the types that their objects own.
func withOwned(words []string) ([]string, error) {
	out := []string{}
	add := func(word string) {
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	for _, word := range words {
		names, err := selection.Resolve(word)
		if err != nil {
			return nil, err
		}
		add(strings.TrimSpace(word))
		for _, t := range owned(names) {
			if t.IsTask() {
				add("workflow_task")
			} else {
				add(t.Short())
			}
		}
	}
	return out, nil
}

// owned lists the types below others that are imported by default.
func owned(names []string) []*catalogue.Type {
	var below []*catalogue.Type
	known := slices.Clone(names)
	for grown := true; grown; {
		grown = false
		for _, t := range catalogue.Types() {
			mine := slices.ContainsFunc(t.Parents, func(p string) bool { return slices.Contains(known, p) })
			if mine && t.Optional == "" && !slices.Contains(known, t.Name) {
				known, below, grown = append(known, t.Name), append(below, t), true
			}
		}
	}
	return below
}

// listOld prints the words that --resources takes.
func listOld(out io.Writer) error {
	_, err := io.WriteString(out, strings.Join(typeWords(), "\n")+"\n")
	return err
}
