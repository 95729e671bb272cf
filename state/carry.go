package state

import "fmt"

// carry finds the objects that the run does not have.
func (d *Directory) carry(r Run, c *Changes) (kept map[string]bool, err error) {
	fresh := make(map[Key]bool, len(r.Objects))
	for _, o := range r.Objects {
		fresh[o.Key()] = true
	}
	for _, rec := range d.manifest.records {
		k := rec.Key()
		switch {
		case fresh[k]:
		case r.Forget[k], r.complete(k.Type) && !r.Live[k]:
			c.Gone = append(c.Gone, rec.Object)
		default:
			return nil, fmt.Errorf("%s: its type was not listed completely, so its code must stay", rec.Address)
		}
	}
	return nil, nil
}
