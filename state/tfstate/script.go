package tfstate

import (
	"bytes"
	"fmt"
	"strings"
)

const scriptHead = `#!/bin/sh
# Imports the objects one by one, for engines or workflows without import blocks.
# Objects that are already in the state are skipped, so the script can be run again.
set -eu
umask 077 # the state may contain secrets

engine=${TF:-terraform}
held=$("$engine" state list 2>/dev/null || true)

take() {
  if printf '%s\n' "$held" | grep -Fqx -e "$1"; then
    return
  fi
  "$engine" import -- "$1" "$2"
}

`

// Script returns a shell script that imports the resources, in their order.
func Script(resources []Resource) []byte {
	var b bytes.Buffer
	b.WriteString(scriptHead)
	for _, r := range resources {
		fmt.Fprintf(&b, "take %s %s\n", quote(r.Address.String()), quote(string(r.ID)))
	}
	return b.Bytes()
}

// quote turns any text into one word for the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
