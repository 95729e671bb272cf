package intake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// clientOf makes a client that follows no redirects, which would take the credential elsewhere. It keeps cookies, since
// Splunk's load balancers use them to find the indexer that is asked for an acknowledgement.
func clientOf(authorities string) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = dial
	if authorities != "" {
		content, err := os.ReadFile(authorities)
		if err != nil {
			return nil, hint.With(fmt.Errorf("read ca_file: %w", err), "ca_file names a file with certificates in PEM")
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(content) {
			return nil, hint.With(fmt.Errorf("ca_file %s has no certificate", authorities), "ca_file names a file with certificates in PEM")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: transport, Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// A patientConn is a connection whose answer is read even if the other end takes no more of the request. A server that
// answers 413 often closes the connection before it has read the body. Go would then report the failed write and
// drop the answer.
type patientConn struct{ net.Conn }

// Write implements [net.Conn]. If the other end has closed the connection, the error comes with the next read, unless
// an answer does.
func (c patientConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	var timeout net.Error
	if err == nil || errors.Is(err, net.ErrClosed) || errors.As(err, &timeout) && timeout.Timeout() {
		return n, err
	}
	return len(p), nil
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return patientConn{conn}, nil
}
