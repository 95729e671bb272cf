package verify

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// grace is how long an interrupted engine may take to end by itself before it is killed.
const grace = 10 * time.Second

// variablePrefix marks environment variables that hold input variables.
const variablePrefix = "TF_VAR_"

// environment lays the settings of a plan over the caller's environment. What terraform-exec manages by itself
// (TF_CLI_ARGS, TF_LOG and the like) is left out, and so is TF_VAR_*: terraform-exec refuses it, see variables.go.
func environment(job Job, engineDir string, keepsLock bool) map[string]string {
	env := tfexec.CleanEnv(environMap(job.Environ))
	env["CHECKPOINT_DISABLE"] = "1"
	if job.URL != "" {
		env["ROOTLY_API_URL"] = job.URL
	}
	if job.Token != "" {
		env["ROOTLY_API_TOKEN"] = job.Token
	}
	if job.PluginCache != "" && env["TF_PLUGIN_CACHE_DIR"] == "" {
		env["TF_PLUGIN_CACHE_DIR"] = job.PluginCache
	}
	if engineDir != "" {
		env["TF_DATA_DIR"] = engineDir
	}

	// The engine ignores its cache while there is no lock file, lest the lock become incomplete. Ours is thrown away.
	if !keepsLock {
		env["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
	}
	return env
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
