package secret

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// HiddenText replaces a secret value, as engines write it.
const HiddenText = "(sensitive value)"

// A Veil shows values of objects without the credentials in them. It remembers the credentials that it saw, and removes
// them from everything that it shows later. It is not safe for concurrent use.
type Veil struct {
	judge judge
	seen  map[string]bool
	clear *strings.Replacer // removes the remembered credentials; nil if new ones were added
}

// NewVeil makes a veil. The option Mode makes no difference.
func NewVeil(o Options) *Veil {
	return &Veil{judge: newJudge(o), seen: map[string]bool{}}
}

// longWord is the length from which on a credential is looked for everywhere, even if it is a word.
const longWord = 8

// Remember adds credentials that are known from elsewhere, such as the values of variables, and the credentials in
// them.
func (v *Veil) Remember(values ...string) {
	for _, value := range values {
		for _, text := range append(essence(value), strings.TrimSpace(value)) {
			if word := len(text) < longWord && isOrdinary(text); word || isPlaceholder(text) || v.seen[text] {
				continue
			}
			v.seen[text], v.clear = true, nil
		}
	}
}

// Learn remembers the credentials in an object of a type, before and after a change.
func (v *Veil) Learn(resourceType string, before, after cty.Value) {
	_ = v.Hides(resourceType, nil, before, after)
}

// Show writes the values at a path of an object of a type, before and after a change, as JSON without credentials.
// Before and after are the whole objects: the names around a value show what it is, and a value that is secret on one
// side is hidden on the other side too.
func (v *Veil) Show(resourceType string, path cty.Path, before, after cty.Value) (was, is shown.Text) {
	a, b := v.at(resourceType, path, before, after), v.at(resourceType, path, after, before)
	return v.safe(a), v.safe(b)
}

// safe is a text that was masked by its place only.
func (v *Veil) safe(text string) shown.Text {
	if text == HiddenText || text == unknownText {
		return shown.Text(text)
	}
	return shown.Text(v.known(text))
}

// Hides reports whether a veil would hide any part of the values at a path of an object of a type, before or after a
// change.
func (v *Veil) Hides(resourceType string, path cty.Path, before, after cty.Value) bool {
	s := v.sight(resourceType, path, before, after)
	a, b := valueAt(path, before), valueAt(path, after)
	_, _ = s.value(s.from, a, b), s.value(s.from, b, a)
	return s.hidden
}

// Text masks a text below names in an object of a type: attributes, keys of maps, and the name that a list of pairs
// gives to a value. The second result reports whether something was hidden.
func (v *Veil) Text(resourceType string, names []string, text string) (shown.Text, bool) {
	s := &sight{veil: v}
	return shown.Text(s.text(v.below(resourceType, names), text)), s.hidden
}

// HidesNumber reports whether a number below names in an object of a type is a credential.
func (v *Veil) HidesNumber(resourceType string, names []string, digits string) bool {
	return v.below(resourceType, names).hidesNumber(digits)
}

// below is the place below names in an object of a type.
func (v *Veil) below(resourceType string, names []string) place {
	p := place{declared: v.judge.places(resourceType)}
	for _, name := range names {
		p = p.below(name)
	}
	return p
}

// Path masks the keys of maps in a path or an address that is written out.
func (v *Veil) Path(text string) string { return v.known(Mask(text)) }

// Prose masks a message about an object of a type, which may quote its values: by form, by the remembered credentials,
// and, if it names an attribute with credentials, everything that it quotes.
func (v *Veil) Prose(resourceType, text string) shown.Text {
	text = v.known(Mask(text))
	if v.namesSecret(resourceType, text) {
		text = quotation.ReplaceAllStringFunc(text, func(quote string) string {
			inner := strings.Trim(quote, "\"'`()“”‘’ ")
			if said(inner) == "" || v.isName(resourceType, inner) {
				return quote
			}
			return masked
		})
		text = received.ReplaceAllString(text, "${1}"+masked)
	}
	return shown.Text(text)
}

// quotation matches quoted and parenthesised parts of a message.
var quotation = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|“[^”]*”|‘[^’]*’|\\B'[^'\n]*'|\\([^()\n]*\\)")

// received matches the part of a message about the value that was given.
var received = regexp.MustCompile(`(\b(?:got|was given|but was)(?: value)?:? )[^\n]*`)

// word matches a name, or a path of names.
var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_-]*`)

// namesSecret reports whether a message names an attribute with credentials.
func (v *Veil) namesSecret(resourceType, text string) bool {
	declared := v.judge.places(resourceType)
	for _, name := range word.FindAllString(text, -1) {
		if classify(name) == classCritical || declared.names(name) {
			return true
		}
	}
	return false
}

// isName reports whether a quotation is the name of an attribute, a type or an address, and not a value.
func (v *Veil) isName(resourceType, text string) bool {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".[]\"0123456789", r) }) {
		if classify(part) != classCritical && !v.judge.places(resourceType).names(part) && !strings.HasPrefix(part, "rootly_") {
			return false
		}
	}
	return true
}

// known removes the remembered credentials from a text.
func (v *Veil) known(text string) string {
	if len(v.seen) == 0 {
		return text
	}
	if v.clear == nil {
		values := slices.Collect(maps.Keys(v.seen))
		slices.SortFunc(values, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
		var pairs []string
		for _, value := range values {
			for _, spelling := range append([]string{value}, quoted(value)...) {
				pairs = append(pairs, spelling, masked)
			}
		}
		v.clear = strings.NewReplacer(pairs...)
	}
	return v.clear.Replace(text)
}

// at is the text of the value at a path of an object. The other side of the change adds its names there.
func (v *Veil) at(resourceType string, path cty.Path, object, other cty.Value) string {
	s := v.sight(resourceType, path, object, other)
	return asText(s.value(s.from, valueAt(path, object), valueAt(path, other)))
}

func (v *Veil) sight(resourceType string, path cty.Path, object, other cty.Value) *sight {
	from := place{declared: v.judge.places(resourceType)}
	return &sight{veil: v, from: from.follow(path, object, other)}
}

// valueAt is what stands at a path, null where nothing does.
func valueAt(path cty.Path, object cty.Value) cty.Value {
	if object == cty.NilVal {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	value, err := path.Apply(object)
	if err != nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return value
}

// asText writes a value as JSON; what is hidden as a whole stands there without quotes.
func asText(v cty.Value) string {
	if !v.IsWhollyKnown() {
		return unknownText
	}
	if v.Type() == cty.String && !v.IsNull() && (v.AsString() == HiddenText || v.AsString() == unknownText) {
		return v.AsString()
	}
	var b bytes.Buffer
	encoded, err := ctyjson.Marshal(v, v.Type())
	if err != nil || json.Compact(&b, encoded) != nil {
		return HiddenText
	}
	return string(shown.Readable(b.Bytes()))
}

const unknownText = "(known after apply)"

// A place is where a value stands: what was declared of it, and the names above it.
type place struct {
	declared *places
	name     string
	critical bool // whether a name above says that everything below is a credential
}

// below is the place under a name.
func (p place) below(name string) place {
	return place{declared: p.declared.child(name), name: name, critical: p.critical || classify(p.name) == classCritical}
}

// pair is the place of a value that another value gives its name to.
func (p place) pair(name string) place {
	return place{declared: p.declared, name: name, critical: p.critical || classify(p.name) == classCritical}
}

// follow goes down a path. Either side of a change may have the name that tells what a value is.
func (p place) follow(path cty.Path, object, other cty.Value) place {
	for i, step := range path {
		name, named := stepName(step)
		if !named {
			continue
		}
		p = p.below(name)
		for _, side := range []cty.Value{object, other} {
			if given := pairAt(valueAt(path[:i], side)); given != "" && isPaired(name) {
				p = p.pair(given)
			}
		}
	}
	return p
}

func stepName(step cty.PathStep) (string, bool) {
	switch s := step.(type) {
	case cty.GetAttrStep:
		return s.Name, true
	case cty.IndexStep:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

func isPaired(name string) bool { return name == "value" || name == "default" }

// pairAt is the name that an object gives to the value in it.
func pairAt(v cty.Value) string {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() {
		return ""
	}
	if v.Type().IsMapType() {
		v = cty.ObjectVal(v.AsValueMap())
	}
	name, _ := givenName(v)
	return name
}

// A sight is one look at a value.
type sight struct {
	veil   *Veil
	from   place
	hidden bool // whether something was
}

// value returns a value without credentials, in the loose types that JSON has. Other is what stands
// there on the other side of the change.
func (s *sight) value(p place, v, other cty.Value) cty.Value {
	ty := v.Type()
	switch {
	case !v.IsKnown():
		return cty.StringVal(unknownText)
	case v.IsNull():
		return cty.NullVal(cty.DynamicPseudoType)
	case ty == cty.String:
		return cty.StringVal(s.text(p, v.AsString()))
	case ty == cty.Number:
		return s.number(p, v)
	case ty.IsPrimitiveType() || !v.CanIterateElements():
		return v
	case ty.IsObjectType() || ty.IsMapType():
		return s.object(p, v, other)
	}
	var parts []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		_, part := it.Element()
		index := cty.IndexStep{Key: cty.NumberIntVal(int64(len(parts)))}
		parts = append(parts, s.value(p, part, valueAt(cty.Path{index}, other)))
	}
	return cty.TupleVal(parts)
}

func (s *sight) object(p place, v, other cty.Value) cty.Value {
	parts := map[string]cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		k, part := it.Element()
		key := k.AsString()
		at := p.below(key)
		for _, side := range []cty.Value{v, other} {
			if given := pairAt(side); given != "" && isPaired(key) {
				at = at.pair(given)
			}
		}
		beside := valueAt(cty.GetAttrPath(key), other)
		if other.Type().IsMapType() {
			beside = valueAt(cty.Path{cty.IndexStep{Key: k}}, other)
		}
		parts[Mask(key)] = s.value(at, part, beside)
	}
	return cty.ObjectVal(parts)
}

// number hides a number under the name of a credential.
func (s *sight) number(p place, v cty.Value) cty.Value {
	digits := number.Text(v.AsBigFloat())
	if p.hidesNumber(digits) {
		s.hide(digits)
		return cty.StringVal(HiddenText)
	}
	return v
}

func (p place) hidesNumber(digits string) bool {
	return p.critical || classify(p.name) == classCritical || p.declared.is() == markSecret && !isHarmless(p.name, digits)
}

// text hides a text as a whole where its place says so, and otherwise what of it has the form of a
// credential. A text in JSON is judged part by part.
func (s *sight) text(p place, text string) string {
	if isContainer(text) {
		if inside, ok := s.inJSON(p, text); ok {
			return inside
		}
	}
	if says := said(text); says == "" || text == HiddenText || text == unknownText {
		return text
	}
	m := p.declared.is()
	if p.critical || classify(p.name) == classCritical || m == markSecret && !isOpen(p.name, text) || s.veil.judge.rule(p.name, text, m) != "" && m != markNone {
		s.hide(text)
		return HiddenText
	}
	found := Find(p.name, text)
	for _, f := range found {
		if f.Start == 0 && f.End == len(text) {
			s.hide(text)
			return HiddenText
		}
		s.hide(text[f.Start:f.End])
	}
	return cutOut(text, found, masked)
}

// inJSON masks a JSON text, and leaves one alone that holds no credential.
func (s *sight) inJSON(p place, text string) (string, bool) {
	if number.CheckAll([]byte(text)) != nil {
		return "", false
	}
	ty, err := ctyjson.ImpliedType([]byte(text))
	if err != nil {
		return "", false
	}
	inner, err := ctyjson.Unmarshal([]byte(text), ty)
	if err != nil {
		return "", false
	}
	within := &sight{veil: s.veil}
	safe := within.value(p, inner, cty.NullVal(cty.DynamicPseudoType))
	if !within.hidden && Mask(text) == text {
		return text, true
	}
	s.hidden = true
	encoded, err := ctyjson.Marshal(safe, safe.Type())
	if err != nil {
		return HiddenText, true
	}
	return Mask(string(shown.Readable(encoded))), true
}

// said is what a text says by itself: nothing where it only refers to a secret, or was masked before.
func said(text string) string {
	bare := strings.ToLower(strings.Trim(strings.TrimSpace(literal(text)), "[]()<>* "))
	switch bare {
	case "redacted", "filtered", "masked", "secret":
		return ""
	}
	if schemes[bare] {
		return ""
	}
	return bare
}

// isOpen reports whether a text at a place of credentials is a header that is none.
func isOpen(name, text string) bool {
	return mediaType.MatchString(text) || harmlessHeaders[strings.ToLower(name)] && suspicion(classPlain, text) == "" ||
		len(text) < 4 && isNumber(text)
}

func (s *sight) hide(text string) {
	s.hidden = true
	s.veil.Remember(text)
}
