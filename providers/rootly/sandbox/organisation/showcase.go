package organisation

// Complete is the smallest size that holds every type and every trap.
const Complete = 700

func (b *builder) showcase() {}

func (b *builder) fullScript() []step { return b.coreScript() }
