package importer

import (
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// Whole is the share of a root module that has everything, with the addresses that it or its parts remember. It takes
// the resources out of what was read: their values are most of a large run's memory.
func Whole(live *Live, root *Root, parts ...*Root) Share {
	o := live.Job.Settings
	remembering := parts
	if !o.InParts {
		remembering = []*Root{root}
	}
	share := Share{Root: root, Live: live, Rejected: live.rejected(), elsewhere: live.elsewhere[root]}
	resources := label(live.decoded.Resources, o.Again.Rename, remembering)
	live.decoded.Resources = nil
	if !o.InParts {
		o.LookAgain(resources, root.around.HeldAt())
	}
	share.Resources, share.ignored = withoutIgnored(root.around.ignore, resources)
	return share
}

// Part is the share of a root module that has a part of this one, less what its own ignore file names. It returns how many
// resources that is.
func (s Share) Part(root *Root, resources []*graph.Resource, rejected []rootly.Rejected) (part Share, ignored int) {
	part = Share{Root: root, Live: s.Live, Rejected: rejected, elsewhere: s.Live.elsewhere[root], secrets: s.secrets}
	if part.elsewhere == nil { // the root module is new
		part.elsewhere = &elsewhere{}
	}
	part.Resources, part.ignored = withoutIgnored(root.around.ignore, resources)
	ignored = len(part.ignored)
	part.ignored = slices.Concat(part.ignored, s.ignored)
	return part, ignored
}

// Draft links the resources to see what they refer to.
func (s Share) Draft() *graph.Graph { return graph.Link(s.Resources, linkOptions(Linked{Share: s})) }

// KnowSecrets returns the share with the secrets of a draft of it: what is one in any of several root modules is hidden in each.
func (s Share) KnowSecrets(draft *graph.Graph) Share {
	secret.Hide(draft, s.Live.Job.secretOptions())
	for _, v := range draft.Variables {
		s.secrets = append(s.secrets, v.Value)
	}
	return s
}

// keeps reports whether earlier code has an object, and stays: with --forget, it goes unless the object is in doubt.
func (s Share) keeps() func(graph.Target) bool {
	known, doubts, forget := s.Root.Dir.Addresses(), s.Live.doubts(), s.Live.Job.Settings.Again.Forget
	return func(t graph.Target) bool {
		return !known[t].IsZero() && s.elsewhere.places[t] == "" && (!forget || doubts[t] != "")
	}
}

// deselected are the objects that were listed, and left out by a filter or the ignore file.
func (s Share) deselected() map[graph.Target]bool {
	out := targets(s.Live.filtered)
	for _, t := range s.ignored {
		out[t] = true
	}
	return out
}

// Elsewhere lists the live objects that are known, but have no code.
func (s Share) Elsewhere() map[graph.Target]bool {
	lives := s.deselected()
	maps.Copy(lives, targets(s.Rejected))
	for k := range s.Live.doubts() {
		lives[k] = true
	}
	return lives
}

// withoutPartial leaves a fold alone of which the share has only a part: its block says what all members
// have in common, and so cannot be written for some of them.
func (s Share) withoutPartial() Share {
	lives := targets(s.Rejected) // and this share has no code for it; with --forget it goes
	for k := range s.deselected() {
		lives[k] = !s.Live.Job.Settings.Again.Forget
	}
	here := targets(s.Resources)
	partial := map[graph.Address]bool{}
	for k, a := range s.Root.Dir.Addresses() {
		if isInstance(a) && !here[k] && (lives[k] || !s.Live.Complete(k.Type)) {
			partial[a.Block()] = true
		}
	}
	if len(partial) == 0 {
		return s
	}
	at := *s.elsewhere
	at.refs = maps.Clone(at.refs)
	kept := s.Resources[:0:0]
	for _, res := range s.Resources {
		if !isInstance(res.Address) || !partial[res.Address.Block()] {
			kept = append(kept, res)
			continue
		}
		k := res.Target()
		s.partial = append(s.partial, k)
		at.refs[k] = graph.Ref{Target: res.Address, Attr: "id"}
	}
	s.Resources, s.elsewhere = kept, &at
	return s
}
