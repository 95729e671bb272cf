package generator

import "cmp"

// defaultProvider is what the engines take for the provider of types that begin so.
const defaultProvider = "rootly"

// local is what the code calls the provider.
func (o Options) local() string { return cmp.Or(o.Local, defaultProvider) }

// configured names the configuration of the provider in a block, unless the engines take it by themselves.
func (o Options) configured(b block) block {
	if o.Provider == "" || o.Provider == defaultProvider {
		return b
	}
	named := bare("provider", o.Provider)
	named.apart = true
	b.body.args = append([]argument{named}, b.body.args...)
	return b
}
