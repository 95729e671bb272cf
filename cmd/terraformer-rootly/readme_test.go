package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

var update = flag.Bool("update", false, "rewrite the generated parts of README.md")

const readme = "../../README.md"

// A part is what stands in the README between two markers and comes from the program itself.
type part struct {
	begin, end string
	make       func(t *testing.T, shown string) string // from what is shown now
	steady     func(text string) string                // without what differs between machines
}

var parts = map[string]part{
	"session": {
		begin:  "<!-- session: written by make docs -->\n```console\n",
		end:    "```\n<!-- end of session -->\n",
		make:   func(t *testing.T, shown string) string { return session(t, commands(shown)) },
		steady: steady,
	},
	"types": {
		begin:  "<!-- types: written by make docs -->\n",
		end:    "<!-- end of types -->\n",
		make:   func(*testing.T, string) string { return typeTable(catalogue.Types()) },
		steady: func(text string) string { return text },
	},
}

// TestReadme runs the session that the README shows, and holds that it and the table of types say
// what the program says.
func TestReadme(t *testing.T) {
	t.Parallel()
	for name, p := range parts {
		t.Run(name, func(t *testing.T) { // one after the other: they write to one file
			if name == "session" && !engine() {
				t.Skip("neither terraform nor tofu is on the PATH")
			}
			text, err := os.ReadFile(readme)
			if err != nil {
				t.Fatal(err)
			}
			before, rest, found := strings.Cut(string(text), p.begin)
			shown, after, closed := strings.Cut(rest, p.end)
			if !found || !closed {
				t.Fatalf("README.md has nothing between %q and %q", p.begin, p.end)
			}
			fresh := p.make(t, shown)
			if *update {
				err = os.WriteFile(readme, []byte(before+p.begin+fresh+p.end+after), 0o644)
			} else if p.steady(fresh) != p.steady(shown) {
				err = fmt.Errorf("this part of README.md is stale; run make docs. It would be:\n%s", fresh)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func engine() bool {
	for _, name := range []string{"terraform", "tofu"} {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}

// commands finds what somebody types in a session.
func commands(shown string) []string {
	var lines []string
	for _, line := range strings.Split(shown, "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			lines = append(lines, command)
		}
	}
	return lines
}

// session runs commands and returns what a terminal would show. It knows this program and head.
func session(t *testing.T, commands []string) string {
	t.Helper()
	if len(commands) < 2 {
		t.Fatalf("the session has the commands %q, want an import and a look at what it wrote", commands)
	}
	root := t.TempDir()
	var out strings.Builder
	for i, command := range commands {
		if i > 0 {
			out.WriteString("\n")
		}
		out.WriteString("$ " + command + "\n")
		words := strings.Fields(command)
		switch words[0] {
		case "terraformer-rootly":
			out.WriteString(excerpt(run(t, root, words[1:])))
		case "head":
			out.WriteString(head(t, root, words[1:]))
		default:
			t.Fatalf("the session has a command that is not known here: %s", command)
		}
	}
	return out.String()
}

// run calls the program as if it were started in root, which the directory demo lies in.
func run(t *testing.T, root string, args []string) string {
	t.Helper()
	var out bytes.Buffer
	world := world.System()
	world.Out, world.Err = &out, &out
	demo := filepath.Join(root, "demo")
	for i := range args {
		if args[i] == "demo" {
			args[i] = demo
		}
	}
	if code := cli.Main(world, args); code != 0 {
		t.Fatalf("%s ends with %d:\n%s", strings.Join(args, " "), code, out.String())
	}
	return strings.ReplaceAll(out.String(), demo, "demo")
}

// head prints the first lines of a file: head -n COUNT FILE.
func head(t *testing.T, root string, args []string) string {
	t.Helper()
	if len(args) != 3 || args[0] != "-n" {
		t.Fatalf("head %s: want -n COUNT FILE", strings.Join(args, " "))
	}
	count, err := strconv.Atoi(args[1])
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(args[2])))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	return strings.Join(lines[:min(count, len(lines))], "")
}

// finished keeps the last line that each stage wrote: on a slow machine there are more.
func finished(lines []string) []string {
	stage := func(line string) string { return strings.Fields(line + " -")[0] }
	var kept []string
	for i, line := range lines {
		if i+1 == len(lines) || stage(line) != stage(lines[i+1]) {
			kept = append(kept, line)
		}
	}
	return kept
}

// excerpt shortens what an import tells: the table to a few rows, what was not imported to its first
// lines. The other lists of findings give way to an ellipsis.
func excerpt(text string) string {
	const rows, findings = 3, 3
	paragraphs := strings.Split(strings.TrimSpace(text), "\n\n")
	var shown []string
	for i, p := range paragraphs {
		lines := strings.Split(p, "\n")
		switch {
		case i == 0:
			p = strings.Join(finished(lines), "\n")
		case strings.HasPrefix(strings.TrimSpace(lines[0]), "type "):
			p = strings.Join(slices.Concat(lines[:1+rows], []string{"  ..."}, lines[len(lines)-2:]), "\n")
		case i <= 2 || i == len(paragraphs)-1:
		case strings.HasPrefix(p, "Not imported") && len(lines) > 1+findings:
			p = strings.Join(append(lines[:1+findings:1+findings], "  ..."), "\n")
		case shown[len(shown)-1] == "...":
			continue
		default:
			p = "..."
		}
		shown = append(shown, p)
	}
	return "  " + strings.Join(shown, "\n\n") + "\n"
}

var moving = regexp.MustCompile(`(\d+m)?\d+(\.\d+)?(ms|s)\b|\d[\d.,]* [kM]?B\b|\d+ requests|\brequests +\d+|compare: \d+ objects|(terraform|tofu) \d+\.\d+\.\d+`)

// steady takes out what differs between machines.
func steady(text string) string {
	return strings.Join(strings.Fields(moving.ReplaceAllString(text, "#")), " ")
}
