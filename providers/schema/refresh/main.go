// Command refresh takes the embedded schema from a provider that somebody has.
//
//	provider ──► terraform providers schema -json ──► strip prose ──► compare ──► snapshot/schema.json
//
// The provider comes from a directory laid out as `terraform providers mirror` leaves it, so that
// this works without a registry. What changed is printed, path by path: that list is what
// the tables (facts.json, the catalogue) have to be checked against by a person.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

const snapshotPath = "providers/schema/snapshot/schema.json"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "refresh: error:", err)
		os.Exit(1)
	}
}

// run reads the command line, asks the engine and writes the snapshot.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("refresh", flag.ContinueOnError)
	flags.SetOutput(stderr)
	mirror := flags.String("mirror", "", "`DIRECTORY` that holds the provider, as terraform providers mirror leaves it; empty: the registry")
	engine := flags.String("engine", "terraform", "`PROGRAM` to ask: terraform or tofu")
	version := flags.String("version", "", "`VERSION` to take; empty: the newest there is")
	dryRun := flags.Bool("dry-run", false, "print what changed, write nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	raw, taken, err := ask(ctx, question{engine: *engine, mirror: *mirror, version: *version, stderr: stderr})
	if err != nil {
		return err
	}
	fresh, err := strip(raw)
	if err != nil {
		return fmt.Errorf("strip the prose of the schema: %w", err)
	}
	if _, err := schema.Parse(fresh, taken); err != nil {
		return err
	}
	return update(stdout, fresh, taken, *dryRun)
}

// update replaces the snapshot and reports what that changes.
func update(stdout io.Writer, fresh []byte, version string, dryRun bool) error {
	name := filepath.FromSlash(snapshotPath)
	old, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the snapshot (run this from the project's root): %w", err)
	}
	differences, err := compare(old, fresh)
	if err != nil {
		return err
	}
	for _, d := range differences {
		fmt.Fprintln(stdout, d)
	}
	fmt.Fprintf(stdout, "provider %s against the snapshot of %s: %d differences\n", version, schema.SnapshotVersion, len(differences))
	if dryRun || len(differences) == 0 {
		return nil
	}
	if err := os.WriteFile(name, append(fresh, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	fmt.Fprintf(stdout, "wrote %s; now set SnapshotVersion in providers/schema/parse.go to %q,\n"+
		"go through facts.json and the catalogue for every line above, and run make test\n", snapshotPath, version)
	return nil
}
