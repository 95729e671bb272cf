package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// mostRequests is how many requests an import may make, as a share of the fewest that could do.
const mostRequests = 1.05

// BenchmarkImport measures the program itself, a process of its own, against a Rootly in this one:
// fetched, linked and written, without a plan. The bounds are for two idle cores.
func BenchmarkImport(b *testing.B) {
	binary := buildProgram(b)
	for _, m := range []measure{
		{size: 1000},
		{size: 10000, seconds: 2, megabytes: 200},
		{size: 10000, seconds: 6, megabytes: 200, latency: 50 * time.Millisecond},
		{size: 100000, seconds: 20, megabytes: 1024},
	} {
		b.Run(m.String(), func(b *testing.B) { m.run(b, binary) })
	}
}

func buildProgram(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "terraformer-rootly")
	build := exec.Command("go", "build", "-o", binary, "github.com/terraformer-rootly/terraformer-rootly/cmd/terraformer-rootly")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return binary
}

// A measure is one organisation, with what an import of it may cost. Zero is no bound.
type measure struct {
	size      int
	latency   time.Duration
	seconds   float64
	megabytes float64
}

func (m measure) String() string {
	if m.latency == 0 {
		return fmt.Sprint(m.size, " objects")
	}
	return fmt.Sprint(m.size, " objects ", m.latency, " away")
}

func (m measure) run(b *testing.B, binary string) {
	o := of(m.size)
	o.Token = token
	server := sandbox.New(o)
	fewest := fewestRequests(b, server)
	server.SetFaults(sandbox.Faults{Latency: m.latency})
	listening := httptest.NewServer(server)
	defer listening.Close()

	for b.Loop() {
		c := spend(b, binary, listening.URL)
		ratio := float64(c.summary.Requests.Total) / float64(fewest)
		b.ReportMetric(float64(m.size)/c.wall.Seconds(), "objects/s")
		b.ReportMetric(c.wall.Seconds(), "s")
		b.ReportMetric(c.cpu.Seconds(), "cpu-s")
		b.ReportMetric(c.megabytes, "MB")
		b.ReportMetric(float64(c.summary.Requests.Total), "requests")
		b.ReportMetric(ratio, "of-fewest")
		b.Logf("stages %v, fewest requests %d, made by path %v", c.summary.StageSeconds, fewest, c.summary.Requests.Paths)
		if ratio > mostRequests {
			b.Errorf("%d requests, where %d would do", c.summary.Requests.Total, fewest)
		}
		if m.megabytes > 0 && c.megabytes > m.megabytes {
			b.Errorf("%.0f MB at most, where the bound is %.0f", c.megabytes, m.megabytes)
		}
		if m.seconds > 0 && c.wall.Seconds() > m.seconds {
			b.Logf("%.1f s, where the bound on two idle cores is %.0f", c.wall.Seconds(), m.seconds)
		}
	}
}

// A cost is what a run of the program took.
type cost struct {
	summary   report.Summary
	wall, cpu time.Duration
	megabytes float64 // of memory at the most
}

func spend(b *testing.B, binary, url string) cost {
	b.Helper()
	var out strings.Builder
	dir := filepath.Join(b.TempDir(), "rootly")
	cmd := exec.Command(binary, "import", "-o", dir, "--no-verify", "--json", "--quiet")
	cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+url, "ROOTLY_API_TOKEN="+token)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	peak := watch(cmd.Process.Pid)
	err := cmd.Wait()
	c := cost{wall: time.Since(start), megabytes: peak()}
	if err != nil {
		b.Fatal(err)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if err := json.Unmarshal([]byte(out.String()), &c.summary); err != nil {
		b.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
	return c
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// watch reads the high-water mark of a process until it ends. What Wait tells would not do: a child
// begins with the mark of its parent.
func watch(pid int) (peak func() float64) {
	stop, found := make(chan struct{}), make(chan float64)
	go func() {
		most := 0.0
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				found <- most
				return
			case <-tick.C:
			}
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if match := highWater.FindSubmatch(text); err == nil && match != nil {
				kilobytes, _ := strconv.ParseFloat(string(match[1]), 64)
				most = max(most, kilobytes/1024)
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-found
	}
}

// fewestRequests counts what nobody could do without: pages of 100 of every collection, one list for
// each parent whose children cannot come along with it, and the users.
func fewestRequests(b *testing.B, server *sandbox.Server) int {
	b.Helper()
	below := map[[2]string]int{} // children of a type, by parent
	owners := map[string][]string{}
	for _, o := range server.Snapshot() {
		below[[2]string{o.API, o.Parent}]++
		key := o.API + kindOfWorkflow(b, o)
		owners[key] = append(owners[key], o.ID)
	}
	fewest, counted := pages(len(owners["users"]))+emptyPaths(b, server.Snapshot()), map[string]bool{}
	for _, row := range catalogue.Types() {
		for _, path := range row.Paths {
			if row.Optional != "" || counted[path] {
				continue
			}
			counted[path] = true
			if !strings.Contains(path, "{parent}") {
				fewest += pages(total(b, server, path))
			} else if row.Include == "" {
				for _, id := range parentsOf(row, owners) {
					fewest += pages(below[[2]string{row.API, id}])
				}
			}
		}
	}
	return fewest
}

// parentsOf lists the objects that may own objects of a type.
func parentsOf(row *catalogue.Type, owners map[string][]string) []string {
	var ids []string
	for _, name := range row.Parents {
		parent := catalogue.Lookup(name)
		ids = append(ids, owners[parent.API+parent.Kind]...)
	}
	return ids
}

// emptyPaths counts the escalation policies that have a path without levels. Only the lists of paths
// tell whether it has levels after all, since those of policies have been seen without them; one
// such list of a policy can carry the levels of all its paths.
func emptyPaths(b *testing.B, objects []sandbox.Object) int {
	b.Helper()
	filled, policies := map[string]bool{}, map[string]bool{}
	for _, o := range objects {
		if o.API != "escalation_levels" {
			continue
		}
		var doc struct {
			Attributes struct {
				Path string `json:"escalation_policy_path_id"`
			}
		}
		if err := json.Unmarshal(o.Body, &doc); err != nil {
			b.Fatal(err)
		}
		filled[doc.Attributes.Path] = true
	}
	for _, o := range objects {
		if o.API == "escalation_paths" && !filled[o.ID] {
			policies[o.Parent] = true
		}
	}
	return len(policies)
}

func pages(n int) int { return max(1, (n+99)/100) }

// kindOfWorkflow tells the types of one collection apart.
func kindOfWorkflow(b *testing.B, o sandbox.Object) string {
	b.Helper()
	if o.API != "workflows" {
		return ""
	}
	var doc struct {
		Attributes struct {
			Trigger struct {
				Type string `json:"trigger_type"`
			} `json:"trigger_params"`
		}
	}
	if err := json.Unmarshal(o.Body, &doc); err != nil {
		b.Fatal(err)
	}
	return doc.Attributes.Trigger.Type
}

// total asks a collection how many objects it has.
func total(b *testing.B, server *sandbox.Server, path string) int {
	b.Helper()
	r := httptest.NewRequest("GET", path+"?page[size]=1", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var doc struct {
		Data []json.RawMessage
		Meta struct {
			Total int `json:"total_count"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		b.Fatalf("%s: %v", path, err)
	}
	return max(doc.Meta.Total, len(doc.Data))
}
