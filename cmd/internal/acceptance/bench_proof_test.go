package acceptance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// BenchmarkProof measures imports with their proof, in shards and as a whole: the program, the engine and the provider
// together. PROVIDER_MIRROR takes the official provider from there; without it the stand-in plans, in the program itself.
// ROOTLY_BENCH_OBJECTS names the sizes, such as 1000,10000,100000, and ROOTLY_BENCH_PROOFS the proofs, replay or whole.
func BenchmarkProof(b *testing.B) {
	binary := buildProgram(b)
	sizes := cmp.Or(os.Getenv("ROOTLY_BENCH_OBJECTS"), "1000,10000")
	proofs := cmp.Or(os.Getenv("ROOTLY_BENCH_PROOFS"), "replay,whole")
	for _, size := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		o := of(n)
		o.Token = token
		listening := httptest.NewServer(sandbox.New(o))
		defer listening.Close()
		for _, engine := range engineNames(b) {
			for _, how := range strings.Split(proofs, ",") {
				b.Run(fmt.Sprintf("%d objects/%s/%s", n, filepath.Base(engine), how), func(b *testing.B) {
					for b.Loop() {
						proveOnce(b, binary, listening.URL, engine, how)
					}
				})
			}
		}
	}
}

// proveOnce imports and reports what that took.
func proveOnce(b *testing.B, binary, url, engine, how string) {
	b.Helper()
	args := []string{"--engine", engine, "--verify", how}
	environ := append(os.Environ(), "ROOTLY_API_URL="+url, "ROOTLY_API_TOKEN="+token)
	if settings := mirrorSettings(b); settings != "" {
		environ = append(environ, "TF_CLI_CONFIG_FILE="+settings)
	} else {
		args = append(args, "--provider", "stand-in")
	}
	var out strings.Builder
	dir := filepath.Join(b.TempDir(), "rootly")
	cmd := exec.Command(binary, append([]string{"import", "-o", dir, "--json", "--quiet"}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environ, &out, os.Stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	used := watchFamily(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	wall, family := time.Since(start), used()
	var s report.Summary
	if err := json.Unmarshal([]byte(out.String()), &s); err != nil {
		b.Fatal(err)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // with all that it waited for
	b.ReportMetric(wall.Seconds(), "s")
	b.ReportMetric(s.Proof.Seconds, "proof-s")
	b.ReportMetric(cpu.Seconds(), "cpu-s")
	b.ReportMetric(family.provider.Seconds(), "provider-cpu-s")
	b.ReportMetric(family.self.Seconds(), "self-cpu-s")
	b.ReportMetric(family.megabytes, "MB")
	b.ReportMetric(float64(max(1, s.Proof.Plans)), "plans")
	b.ReportMetric(float64(s.Requests.Total), "requests")
	b.Logf("%s, %s with %s", s.Proof.State, s.Proof.Plan, s.Proof.Provider)
	const mostToInit = 10000 // terraform takes minutes for these, and hours for ten times as many
	if settings := mirrorSettings(b); settings != "" && s.Proof.Imported <= mostToInit {
		init := exec.Command(engine, "init", "-input=false")
		init.Dir, init.Env = dir, environ
		start := time.Now()
		if out, err := init.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		b.ReportMetric(time.Since(start).Seconds(), "first-init-s")
	}
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
}

// A family is what a process and those that it started have used.
type family struct {
	megabytes float64       // of memory at the most, that which is shared counted once
	provider  time.Duration // of processor time, by providers, up to the last look at each
	self      time.Duration // by the process itself
}

// watchFamily looks at a process and its descendants four times a second, where the system has /proc.
func watchFamily(pid int) (used func() family) {
	stop, found := make(chan struct{}), make(chan family)
	go func() {
		var f family
		providers := map[int]time.Duration{}
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				for _, d := range providers {
					f.provider += d
				}
				found <- f
				return
			case <-tick.C:
			}
			sum := 0.0
			f.self = max(f.self, processorTime(pid))
			for _, p := range descendants(pid) {
				sum += proportional(p)
				if exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", p)); strings.Contains(filepath.Base(exe), "terraform-provider") {
					providers[p] = processorTime(p)
				}
			}
			f.megabytes = max(f.megabytes, sum)
		}
	}()
	return func() family {
		close(stop)
		return <-found
	}
}

// descendants lists a process and all that it started, near and far.
func descendants(pid int) []int {
	list := []int{pid}
	children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return list
	}
	for _, path := range children {
		text, _ := os.ReadFile(path)
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				list = append(list, descendants(child)...)
			}
		}
	}
	return list
}

// proportional is the memory of a process in megabytes, with its share of what it has together with others.
func proportional(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kilobytes, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kilobytes / 1024
		}
	}
	return 0
}

// processorTime reads how long a process has run, in ticks of a hundredth of a second as Linux counts them.
func processorTime(pid int) time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	const user, system = 11, 12 // in proc(5), from the state on
	if len(fields) <= system {
		return 0
	}
	ticks := 0
	for _, i := range []int{user, system} {
		n, _ := strconv.Atoi(fields[i])
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
