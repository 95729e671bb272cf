//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// binaries finds the folder of the server's programs, or says why there is none.
func binaries() (string, error) {
	if folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(folders) > 0 {
		return filepath.Dir(folders[len(folders)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
	}
	return filepath.Dir(path), nil
}

// unprivileged lets commands run as another user where the test runs as root, whom initdb refuses.
func unprivileged(t testing.TB, folder string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		if err := os.Chown(folder, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	t.Skip("SKIPPED: no user but root, whom PostgreSQL refuses")
	return nil
}

// Start starts a server on a free port of loopback and returns its address, postgres://…, with a
// database in it. It ends with the test. Where no server can be started the test is skipped.
func Start(t testing.TB) (address string) {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		t.Skip("SKIPPED: ", err)
	}
	folder, err := os.MkdirTemp("", "pg") // a folder that another user may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	other := unprivileged(t, folder)
	cluster := filepath.Join(folder, "cluster")
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr, cmd.Env = folder, other, append(os.Environ(), "LC_ALL=C.UTF-8")
		return cmd
	}
	if out, err := run("initdb", "-D", cluster, "-U", "audit", "-A", "trust", "--no-sync", "-E", "UTF8").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	server := run("postgres", "-D", cluster, "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-k", folder)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT)
		_ = server.Wait()
	})
	address = fmt.Sprintf("postgres://audit@127.0.0.1:%d/postgres", port)
	ctx, done := context.WithTimeout(context.Background(), 30*time.Second)
	defer done()
	for ; ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			conn.Close(context.Background())
			return address
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}
