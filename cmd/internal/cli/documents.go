package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// WriteManPages writes a page for each command into a directory, from the same text as the help. The date is that of the release.
func WriteManPages(w world.World, dir string, date time.Time) error {
	root := newRoot(w)
	eachCommand(root, func(cmd *cobra.Command) { cmd.Long = verbatim(cmd.Long) })
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: world.Program, Manual: "Rootly as code", Date: &date}, dir)
}

// WriteCompletions writes the completions for each shell into a directory.
func WriteCompletions(w world.World, dir string) error {
	root := newRoot(w)
	for shell, generate := range map[string]func(io.Writer) error{
		"bash": func(out io.Writer) error { return root.GenBashCompletionV2(out, true) },
		"zsh":  root.GenZshCompletion,
		"fish": func(out io.Writer) error { return root.GenFishCompletion(out, true) },
		"ps1":  root.GenPowerShellCompletionWithDesc,
	} {
		var b strings.Builder
		if err := generate(&b); err != nil {
			return fmt.Errorf("completion for %s: %w", shell, err)
		}
		if err := os.WriteFile(filepath.Join(dir, world.Program+"."+shell), []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// WriteReference writes the help of every command as one page of Markdown.
func WriteReference(w world.World, out io.Writer) error {
	var b strings.Builder
	b.WriteString("# Commands\n\nThis page is written by `make docs`, from the same text as `--help` and the manual pages.\n")
	eachCommand(newRoot(w), func(cmd *cobra.Command) {
		fmt.Fprintf(&b, "\n## %s\n\n", cmd.CommandPath())
		text := cmd.Long
		if text == "" {
			text = cmd.Short
		}
		fmt.Fprintf(&b, "```text\n%s\n\n%s\n```\n", strings.TrimSpace(text), strings.TrimSpace(cmd.UsageString()))
	})
	_, err := io.WriteString(out, b.String())
	return err
}

// eachCommand visits a command, and those below it that the help lists.
func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	cmd.InitDefaultHelpFlag()
	visit(cmd)
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			eachCommand(sub, visit)
		}
	}
}

// verbatim separates the lines of indented paragraphs, which a manual page would join.
func verbatim(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  ") {
			lines[i] = "    " + line
			if i > 0 && lines[i-1] != "" && !strings.HasPrefix(lines[i-1], "  ") {
				lines[i-1] += "\n"
			}
		}
	}
	return strings.Join(lines, "\n")
}
