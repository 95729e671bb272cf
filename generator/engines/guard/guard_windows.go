package guard

import (
	"os/exec"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A Guard is a job object with this process and all that it starts. The system ends them when the last handle of the
// job is closed, which is when this process ends. The nil Guard guards nothing.
type Guard struct{ once sync.Once }

// Enter reports that this is no hidden run: there is none on Windows.
func Enter() (code int, hidden bool) { return 0, false }

// Join makes a command that was not started yet one of the job.
func (g *Guard) Join(*exec.Cmd) {
	if g != nil {
		g.once.Do(enclose)
	}
}

// Wrap returns the program itself: what this process starts is in its job.
func (g *Guard) Wrap(path string) (program string, environ map[string]string) {
	g.Join(nil)
	return path, map[string]string{}
}

// Close does nothing: the system closes the job with this process.
func (g *Guard) Close() {}

// enclose puts this process into a job of its own. Its handle stays open until this process ends.
func enclose() {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, windows.CurrentProcess())
	}
	if err != nil {
		_ = windows.CloseHandle(job)
	}
}
