package collector

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// reloadEvery is how often the files with secrets and certificate are read.
const reloadEvery = 5 * time.Second

// keys are the secrets and the certificate of a receiver. They are read again while it runs.
type keys struct {
	settings *ServeSettings
	secrets  *atomic.Pointer[[][]byte]
	pair     atomic.Pointer[tls.Certificate] // nil: something else speaks TLS
	trouble  string                          // noted last
}

// readPair reads the certificate.
func (s *ServeSettings) readPair() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(s.Cert, s.Key)
	if err != nil {
		return nil, hint.With(fmt.Errorf("read the certificate: %w", err), "both files must be PEM, with the certificate first in its chain")
	}
	return &pair, nil
}

// follow keeps the keys of a receiver up to date until the returned function is called.
func (k *keys) follow(ctx context.Context, rc *receiver, ask <-chan os.Signal) (stop func()) {
	k.secrets = &rc.secrets
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.watch(ctx, ask, rc.note)
	}()
	return func() { cancel(); <-ended }
}

// Rereadable reports whether a file can be read more than once: a pipe cannot.
func Rereadable(path string) bool {
	stat, err := os.Stat(path)
	return err != nil || stat.Mode().IsRegular() // that it is missing is said by who reads it
}

// watch reads everything again from time to time, and at once when it is asked to, until the context ends.
func (k *keys) watch(ctx context.Context, ask <-chan os.Signal, note func(string)) {
	again := time.NewTicker(reloadEvery)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ask:
			k.trouble = ""
		case <-ctx.Done():
			return
		}
		k.reload(note)
	}
}

// reload takes over what has changed. What cannot be read, as while a file is being replaced, stays as it was.
func (k *keys) reload(note func(string)) {
	trouble := ""
	secrets, err := k.settings.Secrets()
	switch before := *k.secrets.Load(); {
	case err != nil:
		trouble = fmt.Sprintf("the secret stays as it was: %v", err)
	case !slices.EqualFunc(before, secrets, bytes.Equal):
		k.secrets.Store(&secrets)
		note("the secret was read again")
	}
	if before := k.pair.Load(); before != nil && Rereadable(k.settings.Cert) && Rereadable(k.settings.Key) {
		pair, err := k.settings.readPair()
		switch {
		case err != nil:
			trouble = fmt.Sprintf("the certificate stays as it was: %v", err)
		case !slices.EqualFunc(before.Certificate, pair.Certificate, bytes.Equal):
			k.pair.Store(pair)
			note("the certificate was read again")
		}
	}
	if trouble != "" && trouble != k.trouble {
		note(trouble)
	}
	k.trouble = trouble
}
