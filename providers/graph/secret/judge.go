package secret

// A judge decides what is a credential, for code and for everything else that shows values.
type judge struct {
	o        Options
	classes  map[string]class
	declared map[string]*places
}

func newJudge(o Options) judge {
	return judge{o: o, classes: map[string]class{}, declared: map[string]*places{}}
}

// rule returns the rule by which a text is a credential, or nothing.
func (j *judge) rule(name, text string, m mark) string {
	c, known := j.classes[name]
	if !known {
		c = classify(name)
		j.classes[name] = c
	}
	if c == classPlain && m == markNone && len(text) < shortest {
		return ""
	}
	switch {
	case m == markSecret && !isContainer(text):
		if !isHarmless(name, text) {
			return "declared-secret"
		}
	case m == markNone:
		if found := find(c, text, true); len(found) > 0 {
			return found[0].Rule
		}
	default:
		return suspicion(c, text)
	}
	return ""
}

// places returns the declared paths of a type, or nil.
func (j *judge) places(resourceType string) *places {
	if p, known := j.declared[resourceType]; known {
		return p
	}
	var p *places
	declare := func(paths func(string) []string, m mark) {
		if paths == nil {
			return
		}
		for _, path := range paths(resourceType) {
			if p == nil {
				p = &places{}
			}
			p.declare(path, m)
		}
	}
	declare(j.o.Secret, markSecret)
	declare(j.o.Suspect, markSuspect)
	j.declared[resourceType] = p
	return p
}
