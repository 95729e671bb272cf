package oldcommands

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// The defaults of the old flags --path-pattern and --path-output.
const (
	Pattern = "{output}/{provider}/{service}/"
	Output  = "generated"
)

// A Flag is one that was given, with its values: several for a list.
type Flag struct {
	Name   string
	Values []string
}

// is reports whether the flag has one value, which is this one.
func (f Flag) is(value string) bool { return len(f.Values) == 1 && f.Values[0] == value }

// flags are those that were given, by name.
type flags map[string][]string

// text is the value of a flag, or another when it was not given.
func (f flags) text(name, otherwise string) string {
	if values := f[name]; len(values) == 1 {
		return values[0]
	}
	return otherwise
}

// A Line is the translation: arguments of today, and what has no counterpart.
type Line struct {
	Args  []string
	gone  []string
	notes []string
}

// Translate translates the given flags. None is ignored: an unknown flag is reported as removed.
func Translate(list []Flag) (Line, error) {
	given := flags{}
	for _, f := range list {
		given[f.Name] = f.Values
	}
	line := Line{Args: []string{"import"}}
	resources, err := given.selected(&line)
	if err != nil {
		return line, err
	}
	dir := given.directory(&line)
	line.add("-o", dir)
	if resources != "" {
		line.add("--resources", resources)
	}
	for _, f := range list {
		if err := line.translate(f); err != nil {
			return line, err
		}
	}
	return line, nil
}

// translate adds one flag, other than those of which types and which directory.
func (l *Line) translate(f Flag) error {
	switch f.Name {
	case "resources", "path-pattern", "path-output":
	case "excludes":
		words, err := withOwned(f.Values)
		l.add("--excludes", strings.Join(words, ","))
		return err
	case "filter":
		list, err := filters(f.Values)
		for _, filter := range list {
			l.add("--filter", filter)
		}
		return err
	case "compact":
		if f.is("true") {
			l.add("--layout", "single")
		}
	case "retry-number":
		l.add("--retries", f.Values[0])
	default:
		l.rest(f)
	}
	return nil
}

// rest translates flags that keep their name, and finds removed ones.
func (l *Line) rest(f Flag) {
	switch {
	case f.Name == "state" && f.is("local"), f.Name == "connect" && f.is("true"),
		f.Name == "no-sort" && f.is("false"), f.Name == "verbose" && f.is("false"):
		// This is the case anyway: code without a backend keeps its state next to it.
	case f.Name == "state", f.Name == "bucket":
		l.lacks("--"+f.Name, "a backend block says where the state is kept, and the first apply fills it through the import blocks")
	case f.Name == "connect":
		l.lacks("--connect=false", "references are always written")
	case f.Name == "no-sort":
		l.lacks("--no-sort", "the order is always the same, so that a second run changes nothing")
	case f.Name == "verbose":
		l.lacks("--verbose", "progress always goes to standard error, and --json reports every detail")
	case f.Name == "retry-sleep-ms":
		l.lacks("--retry-sleep-ms", "Rootly's answers set the time between retries")
	default:
		l.addFlag(f)
	}
}

// selected translates the types: a word stood for a type with all that it owns.
func (f flags) selected(line *Line) (string, error) {
	words := f["resources"]
	if len(words) == 0 {
		return "", exit.Usage(errors.New("import rootly needs --resources"), world.Program+" import -o generated/rootly imports everything")
	}
	if slices.Contains(words, "*") {
		return "", nil
	}
	all, err := withOwned(words)
	if len(all) > len(words) {
		line.notes = append(line.notes, "with what belongs to the named types")
	}
	return strings.Join(all, ","), err
}

// directory is the place that the old pattern meant. A directory for each type is no place for
// code with references between the types.
func (f flags) directory(line *Line) string {
	const service = "{service}"
	words, pattern := f["resources"], f.text("path-pattern", Pattern)
	if strings.Contains(pattern, service) && (len(words) != 1 || words[0] == "*") {
		var kept []string
		for _, part := range strings.Split(pattern, "/") {
			if !strings.Contains(part, service) {
				kept = append(kept, part)
			}
		}
		pattern = strings.Join(kept, "/")
		if f["path-pattern"] != nil {
			line.lacks("--path-pattern with {service}", "references only work within one directory, where --layout by-type writes one file for each type")
		} else {
			line.notes = append(line.notes, "in one directory instead of one for each type, since references only work within one")
		}
	}
	word := ""
	if len(words) > 0 {
		word = words[0]
	}
	return path.Clean(strings.NewReplacer("{output}", f.text("path-output", Output), "{provider}", "rootly", service, word).Replace(pattern))
}

func (l *Line) add(flag, value string) { l.Args = append(l.Args, flag+"="+value) }

// addFlag adds a flag as it was given, lists value by value.
func (l *Line) addFlag(f Flag) {
	for _, v := range f.Values {
		l.add("--"+f.Name, v)
	}
}

func (l *Line) lacks(flag, reason string) {
	l.gone = append(l.gone, flag+" is not supported any more: "+reason)
}

// Refuse is the error for what has no counterpart.
func (l *Line) Refuse() error {
	if len(l.gone) == 0 {
		return nil
	}
	return l.refuse("")
}

// RefusePlan is the error for every command below "plan": there are no plan files.
func (l *Line) RefusePlan() error {
	plan := Line{Args: append(l.Args, "--dry-run"), gone: append([]string{"plan files are not supported any more"}, l.gone...)}
	return plan.refuse(" shows what would be written; leave out --dry-run to write it")
}

func (l *Line) refuse(after string) error {
	return exit.Usage(errors.New(strings.Join(l.gone, "; ")), l.String()+after)
}

// String is the command line as one would type it, without the token.
func (l *Line) String() string {
	words := []string{world.Program}
	for _, arg := range l.Args {
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

// Note reports the new form of the command line.
func (l *Line) Note() string {
	text := "this is now: " + l.String()
	if len(l.notes) > 0 {
		text += " (" + strings.Join(l.notes, "; ") + ")"
	}
	return text
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
