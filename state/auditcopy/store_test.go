package auditcopy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// idsIn reads the ids of lines of JSON.
func idsIn(t testing.TB, text io.Reader) []string {
	t.Helper()
	var ids []string
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		e, err := audit.Parse(json.RawMessage(lines.Bytes()))
		if err != nil {
			t.Fatalf("%v in line %d: %s", err, len(ids)+1, lines.Text())
		}
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

// idsInFolder reads the files of a directory sink, each of which must be of one day.
func idsInFolder(t testing.TB, folder string) []string {
	t.Helper()
	var ids []string
	files, err := filepath.Glob(filepath.Join(folder, dayPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		ids = append(ids, idsIn(t, bytes.NewReader(unpacked(t, file)))...)
	}
	slices.Sort(ids)
	return ids
}

func unpacked(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(content)
	switch filepath.Ext(file) {
	case ".gz":
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	case ".zst":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return all
}

func idsInSheet(t testing.TB, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 || rows[0][0] != "id" {
		t.Fatalf("%s does not begin with the names of its columns", path)
	}
	var ids []string
	for _, row := range rows[1:] {
		ids = append(ids, row[0])
	}
	slices.Sort(ids)
	return ids
}

func idsInDatabase(t testing.TB, path string) []string {
	t.Helper()
	r, err := OpenRecord(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var ids []string
	for e, err := range r.Events(context.Background(), audit.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

// An endpoint takes batches, sometimes without saying so.
type endpoint struct {
	mu     sync.Mutex
	batch  map[string]string // body by key
	refuse func() error      // before a batch is taken
	lose   func() bool       // whether the acknowledgement gets lost
}

func newEndpoint() *endpoint { return &endpoint{batch: map[string]string{}} }

var errLost = errors.New("connection reset")

// Encode implements [Receiver].
func (e *endpoint) Encode(ev audit.Event) ([]byte, error) { return audit.FormatRaw.Encode(ev) }

// Limits implements [Receiver].
func (e *endpoint) Limits() (entries, bytes int) { return 500, 1 << 20 }

// Send implements [Receiver].
func (e *endpoint) Send(_ context.Context, b Batch) (Receipt, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuse != nil {
		if err := e.refuse(); err != nil {
			return Receipt{}, err
		}
	}
	body := string(bytes.Join(b.Entries, []byte{'\n'})) + "\n"
	if before, ok := e.batch[b.Key]; ok && before != body {
		return Receipt{}, errors.New("another batch under a known key")
	}
	e.batch[b.Key] = body
	if e.lose != nil && e.lose() {
		return Receipt{}, errLost
	}
	return AllTaken(len(b.Entries)), nil
}

func (e *endpoint) ids(t testing.TB) []string {
	t.Helper()
	var all strings.Builder
	for _, body := range e.batch {
		all.WriteString(body)
	}
	return idsIn(t, strings.NewReader(all.String()))
}

// sameIDs holds that a sink has exactly the ids that it should have.
func sameIDs(t testing.TB, where string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	missing := slices.DeleteFunc(slices.Clone(want), func(id string) bool { _, ok := slices.BinarySearch(got, id); return ok })
	t.Errorf("%s has %d ids, of which %d are distinct; want %d; missing %d: %.10q",
		where, len(got), len(slices.Compact(slices.Clone(got))), len(want), len(missing), missing)
}

func open(t testing.TB, target string, o Options) *Sink {
	t.Helper()
	s, err := Open(context.Background(), target, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
