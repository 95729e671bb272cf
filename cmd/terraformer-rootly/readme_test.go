package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the session in README.md")

const (
	readme = "../../README.md"
	begin  = "<!-- session: written by make docs -->\n```console\n"
	end    = "```\n<!-- end of session -->\n"
)

// The README shows a session. This runs its commands, and holds that they say what it says, but
// for what differs between machines: times, sizes, the engine and where lines are broken.
func TestReadmeShowsARealSession(t *testing.T) {
	t.Parallel()
	if !engine() {
		t.Skip("neither terraform nor tofu is on the PATH")
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("README.md has no session between %q and %q", begin, end)
	}

	got := session(t, commands(shown))
	if *update {
		if err := os.WriteFile(readme, []byte(before+begin+got+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if steady(got) != steady(shown) {
		t.Errorf("the session in README.md is stale; run make docs. It would be:\n%s", got)
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
	world := cli.System()
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

var waiting = regexp.MustCompile(`(?m)^  \w+ +[\d,]+ of [\d,]+ .*\n`)

// excerpt shortens what an import tells: the table to a few rows, each list of findings to its
// first, everything else as it is.
func excerpt(text string) string {
	const rows, findings = 4, 3
	paragraphs := strings.Split(strings.TrimSpace(waiting.ReplaceAllString(text, "")), "\n\n")
	for i, p := range paragraphs {
		lines := strings.Split(p, "\n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(lines[0]), "type "):
			last := lines[len(lines)-2:]
			paragraphs[i] = strings.Join(append(append(lines[:1+rows:1+rows], "  ..."), last...), "\n")
		case i > 2 && i < len(paragraphs)-1 && len(lines) > 1+findings:
			paragraphs[i] = strings.Join(append(lines[:1+findings:1+findings], "  ..."), "\n")
		}
	}
	return "  " + strings.Join(paragraphs, "\n\n") + "\n"
}

var moving = regexp.MustCompile(`\d+(\.\d+)?(ms|s)\b|\d[\d.,]* [kM]?B\b|\d+ requests|\brequests +\d+|(terraform|tofu) \d+\.\d+\.\d+`)

// steady takes out what differs between machines.
func steady(text string) string {
	return strings.Join(strings.Fields(moving.ReplaceAllString(text, "#")), " ")
}
