// Package shown marks text that may be shown to anyone.
//
//	values ──► secret.Veil (type, path) ──► Text ──► reports, files, messages
//
// Not here: deciding what is secret. Only the packages that mask values make a Text.
package shown

// A Text contains no secret. Make one by masking a value with its type and path, never by converting a string.
type Text string

// Map changes a text that is already safe, such as to replace ids by names.
func (t Text) Map(change func(string) string) Text { return Text(change(string(t))) }
