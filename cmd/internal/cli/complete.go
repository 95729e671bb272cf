package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/typelist"
)

// completions tells the shell which values the flags of a command have.
func completions(cmd *cobra.Command, choices []choice) {
	for _, c := range choices {
		_ = cmd.RegisterFlagCompletionFunc(c.flag, cobra.FixedCompletions(c.choices, cobra.ShellCompDirectiveNoFileComp))
	}
	for _, flag := range []string{"resources", "excludes"} {
		if cmd.Flags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, completeTypes)
		}
	}
	if cmd.Flags().Lookup("output-dir") != nil {
		_ = cmd.MarkFlagDirname("output-dir")
	}
}

// completeTypes completes the last of several types.
func completeTypes(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before, last := "", typed
	if i := strings.LastIndexByte(typed, ','); i >= 0 {
		before, last = typed[:i+1], typed[i+1:]
	}
	var found []string
	for _, word := range typelist.Words() {
		if strings.HasPrefix(word, last) {
			found = append(found, before+word)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
