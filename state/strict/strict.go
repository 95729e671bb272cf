// Package strict reads JSON that may come from anybody.
//
//	bytes ──► form: one value, keys once, numbers of a size ──► a value of Go
//
// Not here: what the value may say, which its reader checks.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

const (
	depth = 64 // nested arrays and objects
)

// Decode reads one JSON value. Fields that the type does not have are ignored.
func Decode[T any](content []byte) (value T, err error) {
	if err := check(content); err != nil {
		return value, err
	}
	return value, json.Unmarshal(content, &value)
}

// check refuses JSON that a Go value would not show, or that would be expensive to decode.
func check(content []byte) error {
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	if err := checkValue(d, 0); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

func checkValue(d *json.Decoder, level int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Number:
		return number.Check(string(t))
	case json.Delim:
		if level >= depth {
			return fmt.Errorf("more than %d levels of JSON", depth)
		}
		if err := checkElements(d, t == '{', level+1); err != nil {
			return err
		}
		_, err := d.Token() // the end
		return err
	}
	return nil
}

func checkElements(d *json.Decoder, keyed bool, level int) error {
	seen := map[string]bool{}
	for d.More() {
		if keyed {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name := fmt.Sprint(key)
			if seen[name] {
				return fmt.Errorf("the key %q occurs twice", name)
			}
			seen[name] = true
		}
		if err := checkValue(d, level); err != nil {
			return err
		}
	}
	return nil
}
