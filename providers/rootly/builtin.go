package rootly

// BuiltIn says why an object is Rootly's own and must not be destroyed; empty for those that people made.
func BuiltIn(obj *Object) string {
	b := obj.Type.BuiltIn
	if b == nil {
		return ""
	}
	if b.Attr != "" {
		if value := obj.Text(b.Attr); value == "" || value == b.Custom {
			return ""
		}
	}
	return b.Reason
}
