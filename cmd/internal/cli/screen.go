package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/screen"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// paged are the commands with long results.
var paged = map[string]bool{
	"audit list": true, "audit show": true, "audit timeline": true, "audit summary": true, "types": true, "diff": true,
}

// jsonOutputs are the outputs that a jq expression applies to, for the commands without --json. The first is the
// default.
var jsonOutputs = map[string][]string{
	"audit list": {"ndjson", "json"}, "audit tail": {"ndjson"}, "audit timeline": {"ndjson", "json"}, "audit show": {"json", "flat", "ocsf"}, "audit summary": {"json"},
}

// throughScreen filters JSON results through --jq, and shows long results in a pager.
func throughScreen(w world.World, s *screen.Screen, cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		throughScreen(w, s, sub)
	}
	name := nameOf(cmd)
	if run := cmd.RunE; paged[name] {
		off := cmd.Flags().Bool("no-pager", false, "do not send the output through a pager ($PAGER, on a terminal)")
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if follow, err := cmd.Flags().GetBool("follow"); *off || err == nil && follow {
				return run(cmd, args)
			}
			end := s.Page(cmd.Context(), w.Getenv, w.Environ())
			err := run(cmd, args)
			if left := end(); err == nil {
				return left
			}
			if screen.Left(err) {
				return nil
			}
			return err
		}
	}
	if run := cmd.RunE; cmd.Flags().Lookup("json") != nil || jsonOutputs[name] != nil {
		expression := cmd.Flags().String("jq", "", "print what a jq `EXPRESSION` makes of the JSON output")
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("jq") {
				return run(cmd, args)
			}
			return filtered(s, cmd, *expression, func() error { return run(cmd, args) })
		}
	}
}

// nameOf is the name of a command without the program's.
func nameOf(cmd *cobra.Command) string {
	if cmd.HasParent() && cmd.Parent().HasParent() {
		return nameOf(cmd.Parent()) + " " + cmd.Name()
	}
	return cmd.Name()
}

// filtered runs a command that prints JSON, and prints the result of the expression.
func filtered(s *screen.Screen, cmd *cobra.Command, expression string, run func() error) error {
	start, err := s.Filter(expression)
	if err != nil {
		return exit.Usage(fmt.Errorf("--jq: %w", err), "an expression of jq, such as '.[] | .name'")
	}
	if err := wantJSON(cmd); err != nil {
		return err
	}
	end := start(cmd.Context())
	err = run()
	if failed := end(); failed != nil {
		return exit.WithHint(fmt.Errorf("--jq: %w", failed), "look at the output without --jq to see what it has")
	}
	if screen.Left(err) {
		return nil
	}
	return err
}

// wantJSON sets the flag that makes a command print JSON.
func wantJSON(cmd *cobra.Command) error {
	if cmd.Flags().Lookup("json") != nil {
		return cmd.Flags().Set("json", "true")
	}
	usual := jsonOutputs[nameOf(cmd)]
	output := cmd.Flags().Lookup("output")
	if !output.Changed {
		return cmd.Flags().Set("output", usual[0])
	}
	for _, known := range usual {
		if output.Value.String() == known {
			return nil
		}
	}
	return exit.Usage(fmt.Errorf("--jq needs JSON, not --output %s", output.Value), "leave out --output")
}
