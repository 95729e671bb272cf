package engines

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// Terraform compares every import block with every other one whenever it loads code: 3,000 of them take it ten seconds,
// and four times as long for twice as many. Init has no use for them, so many are kept from it.
const manyImports = 500

// muchCode is so many bytes of blocks of the Rootly provider that init, which reads all of them and needs none, takes
// seconds and hundreds of megabytes for a few times as many.
const muchCode = 500 << 10

var (
	importMention = regexp.MustCompile(`import \{\n`)

	// onlyImports matches a whole file of formatted import blocks and comments.
	onlyImports = regexp.MustCompile(`\A(?:(?:#[^\n]*)?\n|import \{\n(?: [^\n]*\n)*\}\n)*\z`)
)

// lean makes a directory to initialise instead of the job's: the same without the files that have import blocks and
// nothing else, and, where the providers are required, without those that have blocks of the Rootly provider only. It returns nothing where that would save no time or where init reads more than the directory: for a
// backend or modules.
func lean(job *Job, own ownDir) (string, error) {
	if job.Backend {
		return "", nil
	}
	entries, err := os.ReadDir(job.Dir)
	if err != nil {
		return "", fmt.Errorf("list the code: %w", err)
	}
	imports, size, required, wanted, blocks := 0, 0, false, map[string][]byte{}, map[string][]byte{}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !roots.CodeNames.MatchString(name) && name != lockFile && name != stateFile {
			continue
		}
		if name == lockFile && !entry.Type().IsRegular() {
			return "", nil // a link, which init follows
		}
		src, err := disk.ReadFile(filepath.Join(job.Dir, name), disk.MostCode)
		if err != nil {
			return "", fmt.Errorf("read the code: %w", err)
		}
		if mentionsModule(src) {
			return "", nil
		}
		n := len(importMention.FindAll(src, -1))
		switch {
		case n > 0 && onlyImports.Match(src):
			imports += n
		case filepath.Ext(name) == ".tf" && !roots.Configures(src):
			blocks[name] = src
			size += len(src)
		default:
			wanted[name] = src
			required = required || bytes.Contains(src, []byte("required_providers"))
		}
	}
	if !required || size < muchCode {
		maps.Copy(wanted, blocks)
		size = 0
	}
	if imports < manyImports && size == 0 {
		return "", nil
	}

	dir := own.path("lean")
	private := disk.Dir(own)
	if err := errors.Join(private.RemoveAll("lean"), private.Mkdir("lean", 0o700)); err != nil {
		return "", fmt.Errorf("make a directory to initialise: %w", err)
	}
	if err := chooseVersion(dir, job.Dir); err != nil {
		return "", err
	}
	for name, src := range wanted {
		if err := disk.Dir(dir).Create(name, src, 0o600); err != nil {
			return "", fmt.Errorf("copy the code to initialise: %w", err)
		}
	}
	return dir, nil
}

// mentionsModule reports whether code may call modules, in the layout of formatted code or as JSON.
func mentionsModule(src []byte) bool {
	return bytes.HasPrefix(src, []byte("module")) || bytes.Contains(src, []byte("\nmodule")) || bytes.Contains(src, []byte(`"module"`))
}

// initialiser is the engine in the directory to initialise, and what brings its lock file to the session's directory.
func (s *Session) initialiser() (*tfexec.Terraform, func() error, error) {
	dir, err := lean(&s.job, s.own)
	if err != nil || dir == "" {
		return s.tf, func() error { return nil }, err
	}
	tf, err := s.engineIn(dir)
	if err != nil {
		return nil, nil, err
	}
	return tf, func() error {
		lock, err := disk.ReadFile(filepath.Join(dir, lockFile), disk.MostCode)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the provider lock: %w", err)
		}
		path := filepath.Join(s.job.Dir, lockFile)
		if before, err := disk.ReadFile(path, disk.MostCode); err == nil && bytes.Equal(before, lock) {
			return nil
		}
		if err := disk.Dir(s.job.Dir).Replace(lockFile, lock, 0o644); err != nil {
			return fmt.Errorf("write the provider lock: %w", err)
		}
		return nil
	}, nil
}
