package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// stepLine is a step of a job on GitHub.
var stepLine = regexp.MustCompile(`^( +)(?:- )?run: (.*)$`)

// recipe writes the steps of a job as they stand in a recipe: each "run" of GitHub, or the "script" of GitLab as one.
func recipe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: recipe FILE JOB DIR")
	}
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", ".github", "recipes", args[0]))
	ts.Check(err)
	var steps []string
	for _, block := range fences.FindAllStringSubmatch(string(raw), -1) {
		steps = append(steps, stepsOf(strings.Split(block[1], "\n"), args[1])...)
	}
	if len(steps) == 0 {
		ts.Fatalf("%s has no steps of a job %s", args[0], args[1])
	}
	dir := ts.MkAbs(args[2])
	ts.Check(os.MkdirAll(dir, 0o755))
	for i, step := range steps {
		ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.sh", i+1)), []byte(step), 0o600))
	}
}

// guideBlock is a block of commands in a guide, which may be in a list.
var guideBlock = regexp.MustCompile("(?ms)^( *)```sh\n(.*?)^ *```")

// guide writes the blocks of commands in a guide as scripts. What plans does so with the stand-in provider.
func guide(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: guide FILE")
	}
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", ".github", "docs", args[0]))
	ts.Check(err)
	blocks := guideBlock.FindAllStringSubmatch(string(raw), -1)
	if len(blocks) == 0 {
		ts.Fatalf("%s has no commands", args[0])
	}
	for i, block := range blocks {
		script := "set -e\n"
		for line := range strings.Lines(block[2]) {
			line = strings.TrimPrefix(line, block[1])
			for _, command := range []string{"import", "drift", "status"} {
				line = strings.Replace(line, "terraformer-rootly "+command, "terraformer-rootly "+command+" --provider stand-in", 1)
			}
			script += line
		}
		ts.Check(os.WriteFile(ts.MkAbs(fmt.Sprintf("%d.sh", i+1)), []byte(script), 0o600))
	}
}

// stepsOf are the steps of a job in a pipeline.
func stepsOf(lines []string, job string) []string {
	var steps []string
	inside := below(lines, job+":")
	for i, line := range inside {
		found := stepLine.FindStringSubmatch(line)
		switch {
		case found == nil:
		case found[2] == "|":
			steps = append(steps, strings.Join(deeper(inside[i+1:], len(found[1])), "\n")+"\n")
		default:
			steps = append(steps, found[2]+"\n")
		}
	}
	script := ""
	for _, line := range below(inside, "script:") {
		script += strings.TrimPrefix(strings.TrimSpace(line), "- ") + "\n"
	}
	if script != "" {
		steps = append(steps, script)
	}
	return steps
}

// below are the lines of a part of a document, which begins with a line.
func below(lines []string, head string) []string {
	for i, line := range lines {
		if strings.TrimSpace(line) == head {
			return deeper(lines[i+1:], len(line)-len(strings.TrimLeft(line, " ")))
		}
	}
	return nil
}

// deeper are the lines up to the first that is not further in.
func deeper(lines []string, indent int) []string {
	for i, line := range lines {
		if line != "" && len(line)-len(strings.TrimLeft(line, " ")) <= indent {
			return lines[:i]
		}
	}
	return lines
}
