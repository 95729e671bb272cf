// Package number bounds the numbers that come from anywhere.
//
//	JSON, HCL ──► Check: digits and power of ten ──► a number that can be written out
//
// A short number such as 1e646456994 stands for a gigabyte of digits. Everything that reads numbers of
// others asks here before it does more than copy them.
//
// Not here: which numbers a type of the provider takes.
package number

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

const (
	digits = 400 // of a number as it is written
	power  = 400 // of ten, up or down
)

// Check returns why a number that is written as in JSON is not read, or nil.
func Check(text string) error {
	if len(text) > digits {
		return fmt.Errorf("a number with %d characters, where %d is the most", len(text), digits)
	}
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return nil
	}
	if n, err := strconv.Atoi(text[at+1:]); err != nil || n > power || n < -power {
		return fmt.Errorf("a number with the power %s of ten, where %d is the most", text[at+1:], power)
	}
	return nil
}

// CheckAll returns why one of the numbers in a JSON text is not read, or nil. Whether the text is JSON
// it does not say.
func CheckAll(json []byte) error {
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case c == '"':
			i = endOfString(json, i+1)
		case c == '-' || '0' <= c && c <= '9':
			end := endOfNumber(json, i+1)
			if err := Check(string(json[i:min(end, i+digits+1)])); err != nil {
				return err
			}
			i = end - 1
		}
	}
	return nil
}

// endOfString returns the place of the closing quote.
func endOfString(json []byte, i int) int {
	for ; i < len(json) && json[i] != '"'; i++ {
		if json[i] == '\\' {
			i++
		}
	}
	return i
}

func endOfNumber(json []byte, i int) int {
	for i < len(json) && ('0' <= json[i] && json[i] <= '9' || strings.IndexByte("+-.eE", json[i]) >= 0) {
		i++
	}
	return i
}

// Text writes a number with all its digits, or, where they would be too many, as a power of two.
func Text(f *big.Float) string {
	const bits = 4 * power // more than ten to the greatest power has
	if e := f.MantExp(nil); e > bits || e < -bits {
		return f.Text('p', 0)
	}
	return f.Text('f', -1)
}
