//go:build unix

package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// TestKilledSplits ends runs with SIGKILL while they move one part in after the other. Each part is
// the old one, the new one, or refused by every engine; and the next run finishes.
func TestKilledSplits(t *testing.T) {
	t.Parallel()
	small, large := rootlyOfSize(t, 150), rootlyOfSize(t, 150)
	reown(t, large)
	base, whole := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "out")
	splitInto(t, base, small)
	copyTree(t, base, whole)
	splitInto(t, whole, large)
	before, after := partsIn(t, base), partsIn(t, whole)
	killed, between := 0, 0
	for n := 0; n < 12 || n < 60 && (killed < 4 || between == 0); n++ { // until enough were killed in time
		dir := filepath.Join(t.TempDir(), "out")
		copyTree(t, base, dir)
		if !killSplit(t, dir, large) {
			continue
		}
		killed++
		old, fresh := 0, 0
		for name, files := range partsIn(t, dir) {
			_, refused := files[barrier]
			switch {
			case maps.Equal(files, after[name]):
				fresh++
			case maps.Equal(files, before[name]):
				old++
			case !refused && len(files) > 0:
				t.Errorf("kill %d: %s is neither old nor new: %v", n, name, differing(files, after[name]))
			}
		}
		if old > 0 && fresh > 0 {
			between++
		}
		splitInto(t, dir, large)
		for name, files := range partsIn(t, dir) {
			if !maps.Equal(files, after[name]) {
				t.Errorf("kill %d: the next run left other files in %s than an undisturbed one: %v", n, name, differing(files, after[name]))
			}
		}
	}
	if killed < 4 || between == 0 {
		t.Errorf("%d runs were killed while they moved their files in, %d of them between two parts", killed, between)
	}
}

// reown gives all services that one team owns to a single one: its part grows, the others shrink or go.
func reown(t *testing.T, url string) {
	t.Helper()
	var teams []string
	for _, o := range organisation.New(organisation.Options{Size: 150, Seed: 1}) {
		if o.API == "groups" {
			teams = append(teams, o.ID)
		}
	}
	for _, o := range organisation.New(organisation.Options{Size: 150, Seed: 1}) {
		var body struct {
			Attributes struct {
				Owners []string `json:"owner_group_ids"`
			} `json:"attributes"`
		}
		if err := json.Unmarshal(o.Body, &body); err != nil {
			t.Fatal(err)
		}
		if o.API != "services" || len(body.Attributes.Owners) != 1 {
			continue
		}
		document := fmt.Sprintf(`{"data": {"type": "services", "attributes": {"owner_group_ids": [%q]}}}`, teams[0])
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url+"/v1/services/"+o.ID, strings.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+scriptToken)
		req.Header.Set("Content-Type", "application/vnd.api+json")
		answer, err := http.DefaultClient.Do(req)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(err, answer)
		}
		answer.Body.Close()
	}
}

// killSplit kills a run soon after it has begun to move its files in, and reports whether it did.
func killSplit(t *testing.T, dir, url string) bool {
	t.Helper()
	list := filepath.Join(dir, splitter.SplitName)
	was, err := os.Stat(list)
	if err != nil {
		t.Fatal(err)
	}
	run := splitCommand(dir, url)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	begun := false
	for !begun && len(ended) == 0 {
		now, err := os.Stat(list)
		begun = err == nil && !os.SameFile(was, now)
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(rand.Int64N(int64(60 * time.Millisecond)))) // a moment like any other
	_ = run.Process.Signal(syscall.SIGKILL)
	var exit *exec.ExitError
	return errors.As(<-ended, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}

func splitCommand(dir, url string) *exec.Cmd {
	return exec.Command(world.Program, "import", "-o", dir, "--split-by", splitter.ByTeam, "--no-verify", "-q", "--url", url, "--token", scriptToken)
}

func splitInto(t *testing.T, dir, url string) {
	t.Helper()
	if out, err := splitCommand(dir, url).CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
}

// partsIn reads the files of every part.
func partsIn(t *testing.T, dir string) map[string]map[string]string {
	t.Helper()
	parts := map[string]map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' {
			parts[e.Name()] = writtenIn(t, filepath.Join(dir, e.Name()))
		}
	}
	return parts
}
