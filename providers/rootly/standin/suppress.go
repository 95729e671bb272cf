package standin

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"time"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

func suppressor(s schema.Suppress) sdk.SchemaDiffSuppressFunc {
	switch s {
	case schema.SuppressOrder:
		return sameElements
	case schema.SuppressJSON:
		return sameJSON
	case schema.SuppressOnceSet:
		return func(_, before, _ string, _ *sdk.ResourceData) bool { return before != "" }
	case schema.SuppressTime:
		return func(_, before, after string, _ *sdk.ResourceData) bool { return clock(before) == clock(after) }
	case schema.SuppressInstant:
		return sameInstant
	}
	return nil
}

// sameElements overlooks the order of a list. The SDK asks it once for each element and once for
// the length, which decides about lists that vanish: their elements may not be judged one by one.
func sameElements(key, before, after string, d *sdk.ResourceData) bool {
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		key = key[:i]
	}
	b, a := d.GetChange(key)
	old, ok := b.([]any)
	if !ok {
		return false
	}
	now, ok := a.([]any)
	if !ok || len(old) != len(now) {
		return false
	}
	if len(old) > 0 && before != after && after == "0" && old[0] != "0" {
		return false
	}
	return reflect.DeepEqual(sortedTexts(old), sortedTexts(now))
}

// sortedTexts gives one text for each element. Elements without a text make it nil-safe but unequal
// to nothing else: they are kept as the empty text.
func sortedTexts(list []any) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		b, err := json.Marshal(v)
		if err != nil {
			continue
		}
		texts[i] = string(b)
	}
	sort.Strings(texts)
	return texts
}

func sameJSON(_, before, after string, _ *sdk.ResourceData) bool {
	var b, a any
	if json.Unmarshal([]byte(before), &b) != nil || json.Unmarshal([]byte(after), &a) != nil {
		return false
	}
	return reflect.DeepEqual(b, a)
}

func sameInstant(_, before, after string, _ *sdk.ResourceData) bool {
	b, err := time.Parse(time.RFC3339, before)
	if err != nil {
		return false
	}
	a, err := time.Parse(time.RFC3339, after)
	return err == nil && a.Equal(b)
}

// clock spells a time of day in one way, or returns other texts in capitals.
func clock(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, layout := range []string{"15:04", "03:04PM", "03:04 PM", "3:04PM", "3:04 PM"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("15:04")
		}
	}
	return s
}
