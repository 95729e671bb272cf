package generator

import (
	"bytes"
	"fmt"
)

// A syntax is one of the two languages that Terraform reads.
type syntax struct {
	extension string
	print     func(block) (printed, error)
	assemble  func(header string, blocks []printed) []byte
}

// printed is the text of one block, and where the JSON syntax nests it.
type printed struct {
	path []string
	text []byte
}

func syntaxOf(s Syntax) syntax {
	if s == JSON {
		return syntax{extension: ".tf.json", print: printJSON, assemble: assembleJSON}
	}
	return syntax{extension: ".tf", print: printHCL, assemble: assembleHCL}
}

func printHCL(b block) (printed, error) {
	p := &hclPrinter{literal: isStatic(b.kind)}
	text := p.block(nil, b, 0)
	if p.err != nil {
		return printed{}, fmt.Errorf("write %s: %w", b.kind, p.err)
	}
	return printed{text: bytes.Clone(text)}, nil // the printer's buffer is up to twice as large
}

// isStatic reports whether Terraform calls no functions in blocks of that kind, at least in some of the versions that
// can read this code.
func isStatic(kind string) bool {
	switch kind {
	case "terraform", "variable", importKind, movedKind, removedKind:
		return true
	}
	return false
}

// assembleHCL puts a blank line between blocks.
func assembleHCL(header string, blocks []printed) []byte {
	content := make([]byte, 0, sizeOf(blocks))
	if header != "" {
		content = append(appendComments(content, []string{header}, 0), '\n')
	}
	for i, b := range blocks {
		if i > 0 {
			content = append(content, '\n')
		}
		content = append(content, b.text...)
	}
	return content
}

func printJSON(b block) (printed, error) {
	text, err := (&jsonPrinter{}).print(b)
	if err != nil {
		return printed{}, err
	}
	return printed{path: append([]string{b.kind}, b.labels...), text: text}, nil
}

func assembleJSON(header string, blocks []printed) []byte {
	root := &tree{}
	if header != "" {
		root.add([]string{"//"}, appendJSONString(nil, header))
	}
	for _, b := range blocks {
		root.add(b.path, b.text)
	}
	return append(root.append(make([]byte, 0, sizeOf(blocks)), 0), '\n')
}

// sizeOf is the size of the blocks in a file, within a few bytes each.
func sizeOf(blocks []printed) int {
	size := 0
	for _, b := range blocks {
		size += len(b.text) + 1
	}
	return size
}
