// Command image makes the container image of a release, without a daemon and without a base image.
//
//	binaries of goreleaser ──► a layer each ──► image index ──► OCI layout as a tar file
//
// The image has the program, certificates, a place for temporary files and a user who is not root. The same binaries and the
// same time make the same image.
//
// Not here: pushing, which crane does.
package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

const (
	program = "terraformer-rootly"
	nobody  = 65532
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// An artifact is what goreleaser built, as its artifacts.json says.
type artifact struct {
	Path, Goos, Goarch, Type string
}

// run takes the directory of goreleaser, the version and the time of the commit, in seconds.
func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: image DIST VERSION SECONDS")
	}
	dist, version := args[0], args[1]
	seconds, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	content, err := os.ReadFile(filepath.Join(dist, "artifacts.json"))
	if err != nil {
		return err
	}
	var all []artifact
	if err := json.Unmarshal(content, &all); err != nil {
		return fmt.Errorf("artifacts.json: %w", err)
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, a := range all {
		if a.Type != "Binary" || a.Goos != "linux" {
			continue
		}
		image, err := build(filepath.Join(filepath.Dir(dist), a.Path), a.Goarch, version, time.Unix(seconds, 0).UTC())
		if err != nil {
			return fmt.Errorf("image for %s: %w", a.Goarch, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: a.Goarch}},
		})
	}
	return save(index, filepath.Join(dist, "image"), filepath.Join(dist, program+"-image.tar"), time.Unix(seconds, 0).UTC())
}

func build(binary, arch, version string, at time.Time) (v1.Image, error) {
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var files bytes.Buffer
	if err := fill(tar.NewWriter(&files), content, at); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), layer)
	if err != nil {
		return nil, err
	}
	user := fmt.Sprintf("%d:%d", nobody, nobody)
	return mutate.ConfigFile(image, &v1.ConfigFile{
		OS: "linux", Architecture: arch, Created: v1.Time{Time: at}, RootFS: layers(image), History: []v1.History{{Created: v1.Time{Time: at}, CreatedBy: program}},
		Config: v1.Config{
			User: user, Entrypoint: []string{"/usr/local/bin/" + program}, WorkingDir: "/work",
			Env: []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/work", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
			Labels: map[string]string{
				"org.opencontainers.image.version": version, "org.opencontainers.image.licenses": "Apache-2.0",
				"org.opencontainers.image.source": "https://github.com/terraformer-rootly/terraformer-rootly",
			},
		},
	})
}

// layers are those of an image that was just made.
func layers(image v1.Image) v1.RootFS {
	config, err := image.ConfigFile()
	if err != nil {
		return v1.RootFS{} // pushing and reading such an image fail
	}
	return config.RootFS
}

// fill writes the files of the image.
func fill(w *tar.Writer, binary []byte, at time.Time) error {
	var roots bytes.Buffer
	for root := range bundle.Roots() {
		if err := pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return err
		}
	}
	passwd := fmt.Sprintf("root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:%d:%d:nonroot:/work:/sbin/nologin\n", nobody, nobody)
	for _, f := range []struct {
		name    string
		mode    fs.FileMode
		owner   int
		content []byte
	}{
		{"etc/passwd", 0o644, 0, []byte(passwd)},
		{"etc/ssl/certs/ca-certificates.crt", 0o644, 0, roots.Bytes()},
		{"tmp/", 0o1777, 0, nil},
		{"usr/local/bin/" + program, 0o755, 0, binary},
		{"work/", 0o755, nobody, nil},
	} {
		kind := byte(tar.TypeReg)
		if f.content == nil {
			kind = tar.TypeDir
		}
		head := &tar.Header{Typeflag: kind, Name: f.name, Mode: int64(f.mode), Uid: f.owner, Gid: f.owner, Size: int64(len(f.content)), ModTime: at}
		if err := w.WriteHeader(head); err != nil {
			return err
		}
		if _, err := w.Write(f.content); err != nil {
			return err
		}
	}
	return w.Close()
}

// save writes the layout as a directory, for crane, and as a tar file, for everybody else.
func save(index v1.ImageIndex, dir, file string, at time.Time) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if _, err := layout.Write(dir, index); err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	w := tar.NewWriter(out)
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: filepath.ToSlash(name), Mode: 0o644, Size: int64(len(content)), ModTime: at}); err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	if err != nil {
		return err
	}
	return w.Close()
}
