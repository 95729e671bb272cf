package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// TestAnAnswerBeforeTheBody holds that 413 is read from a server that answers by the length alone and closes the
// connection, as many do.
func TestAnAnswerBeforeTheBody(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\n\r\n")
			}
			_ = conn.Close()
		}
	}()
	sinks, err := resolved(t, testWorld(), "http://"+l.Addr().String()+"/in")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 20, 10 << 20} {
		_, err = sinks[0].Options.Receiver.Send(t.Context(), auditcopy.Batch{Entries: [][]byte{bytes.Repeat([]byte("x"), size)}, Key: "k"})
		if !errors.Is(err, auditcopy.ErrUnacceptable) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
