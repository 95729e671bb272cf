package engines

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// grace is how long an interrupted engine may take to end by itself before it is killed.
const grace = 5 * time.Second

// longestTemp leaves room for the name of a socket, whose path has at most 103 bytes.
const longestTemp = 85

// VariablePrefix begins the names of environment variables that give values to variables of the code.
const VariablePrefix = "TF_VAR_"

const settingsVariable = "TF_CLI_CONFIG_FILE"

// providerLogs are the levels of the logs of a provider, which writes all of them unless they are off, for the engine to
// read and drop: half of the provider's processor time. What it panics with is no log.
var providerLogs = []string{
	"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_MUX", "TF_LOG_SDK_HELPER_SCHEMA", "TF_LOG_PROVIDER_ROOTLY",
}

// environment is what an engine runs with. Its zero value has no variables.
type environment struct {
	job  *Job
	own  ownDir
	vars map[string]string
}

// build adds the settings of the plan to the caller's environment. What terraform-exec manages by itself (TF_CLI_ARGS,
// TF_LOG and the like) is left out, and so is TF_VAR_*: terraform-exec refuses it, see variables.go. It has to know whether
// the directory has a lock file.
func (e *environment) build(locked bool) error {
	env := tfexec.CleanEnv(environMap(e.job.Environ))
	env["CHECKPOINT_DISABLE"] = "1"
	for _, name := range providerLogs {
		env[name] = "OFF"
	}
	if e.job.API.URL != "" {
		env["ROOTLY_API_URL"] = e.job.API.URL
	}
	if e.job.API.Token != "" {
		env["ROOTLY_API_TOKEN"] = e.job.API.Token
	}
	if !e.job.Backend {
		env[dataDirVariable] = cmp.Or(e.job.DataDir, e.own.dataDir())
	}
	if len(e.own) <= longestTemp {
		env["TMPDIR"] = string(e.own) // where the sockets of providers that are killed stay
	}

	// The engine ignores its cache while there is no lock file, lest the lock become incomplete. Ours is thrown away.
	if !locked {
		env["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
	}
	e.vars = env
	return e.replaceMissingSettings()
}

// replaceMissingSettings names an empty settings file in the place of one that does not exist. To the engine both are
// the same but for a warning, which OpenTofu prints where terraform-exec looks for its version.
func (e *environment) replaceMissingSettings() error {
	path := e.vars[settingsVariable]
	if path == "" {
		return nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	empty, err := e.own.note("settings", nil)
	if err != nil {
		return fmt.Errorf("make an empty settings file: %w", err)
	}
	e.vars[settingsVariable] = empty
	return nil
}

func environMap(environ []string) map[string]string {
	if environ == nil {
		environ = os.Environ()
	}
	env := make(map[string]string, len(environ))
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	return env
}

// withoutEngineSettings is the environment without what changes the arguments or the output of an engine.
func withoutEngineSettings(environ []string) []string {
	return environList(tfexec.CleanEnv(environMap(environ)))
}

func environList(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

// interruptOnCancel lets a command that terraform-exec does not run end as those it runs do.
func interruptOnCancel(cmd *exec.Cmd) {
	cmd.WaitDelay = grace
	if runtime.GOOS != "windows" {
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	}
}
