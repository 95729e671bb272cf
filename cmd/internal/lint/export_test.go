package lint

// Link is what Read does after fetching.
func Link(o *Organisation) error { return o.link() }
