package generator

import "fmt"

// A syntax is one of the two languages that Terraform reads.
type syntax struct {
	extension string
	print     func(block) (printed, error)
	assemble  func([]printed) []byte
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
	p := &hclPrinter{}
	text := p.block(nil, b, 0)
	if p.err != nil {
		return printed{}, fmt.Errorf("write %s: %w", b.kind, p.err)
	}
	return printed{text: text}, nil
}

// assembleHCL puts a blank line between blocks.
func assembleHCL(blocks []printed) []byte {
	content := make([]byte, 0, sizeOf(blocks))
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

func assembleJSON(blocks []printed) []byte {
	root := &tree{}
	for _, b := range blocks {
		root.add(b.path, b.text)
	}
	return append(root.append(make([]byte, 0, sizeOf(blocks)), 0), '\n')
}

// sizeOf is how large the blocks will be in a file, within a few bytes each.
func sizeOf(blocks []printed) int {
	size := 0
	for _, b := range blocks {
		size += len(b.text) + 1
	}
	return size
}
