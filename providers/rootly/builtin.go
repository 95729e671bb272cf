package rootly

// BuiltIn says why an object is built in and must not be destroyed; empty for objects that people made. Each type's
// rule is in the field BuiltIn of its row in package catalogue.
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
