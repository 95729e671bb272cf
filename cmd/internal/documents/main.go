// Command documents writes the documents that a release contains.
//
//	commands ──► manual pages, completions ──► directory
//
// Not here: their text, which is the help of the commands.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// write takes the directory and the time of the commit, in seconds.
func write(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: documents DIRECTORY SECONDS")
	}
	seconds, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	man, completions := filepath.Join(args[0], "man"), filepath.Join(args[0], "completions")
	for _, dir := range []string{man, completions} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := cli.WriteManPages(world.System(), man, time.Unix(seconds, 0).UTC()); err != nil {
		return fmt.Errorf("manual pages: %w", err)
	}
	return cli.WriteCompletions(world.System(), completions)
}
