//go:build unix

package guard

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// watching is the value of the variable for the leader of the group.
const watching = "watch"

// A Guard is a process group whose members do not outlive this process. The nil Guard guards nothing.
type Guard struct {
	mu      sync.Mutex
	tried   bool
	program string
	leader  *exec.Cmd
	hold    io.Closer     // the end of the pipe that is open for as long as this process lives
	ended   chan struct{} // closed when the leader is gone
}

// Enter does the work of a hidden run, and reports whether this is one. The caller then ends with the code.
func Enter() (code int, hidden bool) {
	switch job := os.Getenv(variable); job {
	case "":
		return 0, false
	case watching:
		return watch(), true
	default:
		return become(job), true
	}
}

// watch waits for the end of the process that started this one, and kills the group, this process included.
func watch() int {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, os.Stdin)
	if syscall.Getpgrp() != syscall.Getpid() {
		return 1 // started by hand: the group is somebody else's
	}
	_ = syscall.Kill(0, syscall.SIGKILL)
	return 1
}

// become joins the group and goes on as another program. Where the process that started this one is gone, so is the
// group, and there is nobody to run the program for.
func become(job string) int {
	group, rest, _ := strings.Cut(job, ":")
	parent, path, _ := strings.Cut(rest, ":")
	id, err := strconv.Atoi(group)
	if err == nil && id > 1 {
		_ = syscall.Setpgid(0, id)
	}
	if strconv.Itoa(syscall.Getppid()) != parent {
		return 1
	}
	environ := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, variable+"=") })
	err = syscall.Exec(path, append([]string{path}, os.Args[1:]...), environ)
	fmt.Fprintf(os.Stderr, "run %s: %v\n", path, err)
	return 126
}

// Join makes a command that was not started yet one of the group.
func (g *Guard) Join(cmd *exec.Cmd) {
	if id := g.group(); id != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: id}
	}
}

// Wrap returns the program to start in the place of one that others start, and what has to be in its environment.
func (g *Guard) Wrap(path string) (program string, environ map[string]string) {
	id := g.group()
	if id == 0 {
		return path, map[string]string{}
	}
	return g.program, map[string]string{variable: fmt.Sprintf("%d:%d:%s", id, os.Getpid(), path)}
}

// Close ends all that is left of the group.
func (g *Guard) Close() {
	if g == nil || g.leader == nil {
		return
	}
	_ = g.hold.Close()
	<-g.ended
}

// group is the id of the group, which is made when it is first needed; 0 where there is none.
func (g *Guard) group() int {
	if g == nil {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.tried {
		g.tried = true
		g.start()
	}
	if g.leader == nil {
		return 0
	}
	select {
	case <-g.ended:
		return 0
	default:
		return g.leader.Process.Pid
	}
}

// start starts the leader, which gets nothing of the environment, for that may hold secrets.
func (g *Guard) start() {
	program := "/proc/self/exe" // also where the file was replaced meanwhile
	if _, err := os.Stat(program); err != nil {
		if program, err = os.Executable(); err != nil {
			return
		}
	}
	cmd := exec.Command(program)
	cmd.Args = []string{os.Args[0], fmt.Sprintf("(waits for the end of %d)", os.Getpid())}
	cmd.Dir, cmd.Env = "/", []string{variable + "=" + watching}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	hold, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return
	}
	g.program, g.leader, g.hold, g.ended = program, cmd, hold, make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(g.ended)
	}()
}
