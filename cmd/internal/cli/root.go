// Package cli is the command line: one file per command, flags in, one function call out.
//
//	Main ──► root command ──► command ──► providers, generator, state
//	            │                            │
//	         exit code ◄──────────────── report
//
// Not here: any decision about code or objects. A command arranges the stages and passes values
// from one to the next.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/screen"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// gcPercent trades a little time for memory.
const gcPercent = 60

// syncGCPercent is for a copy of the audit log, which keeps little memory and allocates much.
const syncGCPercent = 400

// memoryLimit is soft: above it, the program continues and collects garbage more often.
const memoryLimit = 900 << 20

// Main runs the command line and returns the exit code.
func Main(w world.World, args []string) int {
	if w.Getenv("GOGC") == "" && w.Getenv("GOMEMLIMIT") == "" {
		// Most of the memory is live until the end of a run: collect before it doubles, and give pages
		// back early.
		debug.SetGCPercent(gcPercent)
		debug.SetMemoryLimit(memoryLimit)
	}
	private.Sweep("") // left by killed runs
	root := newRoot(w)
	command, _, err := root.Find(args)
	ctx, stop := signal.NotifyContext(context.Background(), endings(err == nil && command.Annotations[reloads] != "")...)
	defer stop()
	root.SetArgs(args)
	root.SetOut(w.Out)
	root.SetErr(w.Err)
	root.SetIn(w.In)
	err = root.ExecuteContext(ctx)
	if err != nil {
		complain(w.Report(), err)
	}
	return exit.Code(err)
}

// reloads marks the commands for which SIGHUP does not mean the end of the terminal.
const reloads = "reloads"

// endings are the signals after which a run cleans up and ends. Under nohup, the end of the terminal is not one of
// them.
func endings(reloading bool) []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !reloading && !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// complain prints what went wrong and what to do about it.
func complain(to report.Handler, err error) {
	var o exit.Status
	if errors.As(err, &o) {
		return
	}
	if errors.Is(err, context.Canceled) {
		to.Problem(errors.New("interrupted"), exit.HintOf(err))
		return
	}
	to.Problem(errors.New(secret.Mask(err.Error())), exit.HintOf(err)) // it may quote an answer or a command line
}

func newRoot(w world.World) *cobra.Command {
	s := screen.New(w.Out)
	w.Out = s
	root := &cobra.Command{
		Use:   "terraformer-rootly",
		Short: "Bring a live Rootly organisation under Terraform or OpenTofu",
		Long: `Bring a live Rootly organisation under Terraform or OpenTofu.

Reads the organisation through the API, writes code as a person would write it,
and proves with a real plan that nothing would be created, changed or destroyed.
Only record and drift --incident write to Rootly, and only pulses and incidents.

Environment:
  ROOTLY_API_TOKEN  token for the API
  ROOTLY_API_URL    base URL of the API (default https://api.rootly.com)
  NO_COLOR          disable colours

` + exit.Text,
		Version:       world.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return exit.Usage(err, nearestFlag(cmd, err)+"see "+cmd.CommandPath()+" --help")
	})
	root.SetUsageTemplate(strings.NewReplacer(".FlagUsages", ".FlagUsagesWrapped 80", " for more information about a command", "").
		Replace(root.UsageTemplate()))
	imports := newImport(w)
	imports.AddCommand(newOldImport(w), newOldPlan())
	root.AddCommand(imports, newExport(w), newDiff(w), newDrift(w), newTypes(w), newSandbox(w), newVerify(w), newTidy(w), newStatus(w), newLint(w), newAudit(w), newRecord(w), newState(w), newReport(w), newDoctor(w), newVersion(w), newOldPlan())
	throughScreen(w, s, root)
	wrapHelp(root)
	return root
}

// nearestFlag suggests a flag if an error is about an unknown one.
func nearestFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return ""
	}
	near, least := "", 3 // with more differences it is another word
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if d := levenshtein.Distance(unknown.GetSpecifiedName(), f.Name, nil); d < least && !f.Hidden {
			near, least = "did you mean --"+f.Name+"? ", d
		}
	})
	return near
}

// noArgs refuses arguments, and suggests the nearest command.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see " + cmd.CommandPath() + " --help"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s %s?", cmd.CommandPath(), near[0])
	}
	return exit.Usage(fmt.Errorf("unknown argument %q for %s", args[0], cmd.CommandPath()), hint)
}
