package prooffile

import "testing"

// A proof is compared with the next one, whatever is in it.
func FuzzProof(f *testing.F) {
	f.Add([]byte(`{"version":1,"objects":{"rootly_team":null}}`))
	f.Add([]byte(`{"version":1,"objects":[]}`))
	f.Add([]byte(`{"seconds":1e999}`))
	f.Fuzz(func(_ *testing.T, content []byte) { sameProof(content, proofV1{}) })
}
