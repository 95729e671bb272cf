package generator

import "cmp"

// defaultProvider is the provider that the engines assume for types with this prefix.
const defaultProvider = "rootly"

// local is the code's name of the provider.
func (o Options) local() string { return cmp.Or(o.Local, defaultProvider) }

// configured names the configuration of the provider in a block, unless it is the engines' default.
func (o Options) configured(b block) block {
	if o.Provider == "" || o.Provider == defaultProvider {
		return b
	}
	named := bare("provider", o.Provider)
	named.apart = true
	b.body.args = append([]argument{named}, b.body.args...)
	return b
}
