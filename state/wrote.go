package state

import "slices"

// ManifestName is the file in which a directory remembers what was written to it.
const ManifestName = manifestName

// FilesIn names the files that a manifest knows, such as one of an earlier commit; none where it cannot be read.
func FilesIn(manifest []byte) map[string]bool {
	m, err := decodeManifest(manifest, nil)
	if err != nil {
		return nil
	}
	names := map[string]bool{}
	for name := range m.files {
		names[name] = !m.secret[name]
	}
	return names
}

// Wrote reports whether a file holds what the run of c, which was committed, or an earlier one wrote. What a person
// edited since is not ours, nor is what only this user may read. Of files that people write to as well, those are ours
// that the run changed, and those that are new.
func (d *Directory) Wrote(c *Changes, name string, isNew bool) bool {
	switch {
	case name == manifestName || name == ignoreName:
		return true
	case isShared(name):
		_, written := c.files[name]
		return written && (isNew || slices.Contains(c.Write, name))
	}
	digest, known := c.manifest.files[name]
	if !known || c.manifest.secret[name] {
		return false
	}
	ours, err := asWritten(d.file(name), digest)
	return err == nil && ours
}
