package cli

import (
	"net"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// decoy listens where nobody may ever connect, and sets a variable to its address. The script fails in the end if
// somebody did.
func decoy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: decoy VAR")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	var connections atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_ = c.Close()
		}
	}()
	ts.Setenv(args[0], "http://"+l.Addr().String())
	ts.Defer(func() {
		_ = l.Close()
		<-ended
		if n := connections.Load(); n > 0 {
			ts.Fatalf("%d connections to a place that nobody may ask", n)
		}
	})
}
