package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Read reads a regular file of at most so many bytes.
func (d Dir) Read(name string, most int64) (content []byte, err error) {
	err = d.in(name, func(root *os.Root, name string) error {
		stat, err := d.file(root, name)
		if err != nil {
			return err
		}
		if stat.Size() > most {
			return refused(d, name, ErrLarge)
		}
		f, err := root.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		content, err = readUpTo(f, most)
		return err
	})
	return content, err
}

// ReadFile reads a file that a person wrote; it may be a link to a file elsewhere. What is not a regular file, or
// larger than most bytes, is refused before it is read.
func ReadFile(path string, most int64) ([]byte, error) {
	stat, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case stat.IsDir():
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("is a directory")}
	case !stat.Mode().IsRegular():
		return nil, &Refusal{Path: path, Problem: ErrKind}
	case stat.Size() > most:
		return nil, &Refusal{Path: path, Problem: ErrLarge}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readUpTo(f, most)
}

// readUpTo reads a file that may have grown since its size was checked.
func readUpTo(f *os.File, most int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, &Refusal{Path: f.Name(), Problem: ErrLarge}
	}
	return content, nil
}
