package authors

import (
	"encoding/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// wordy is the length from which on only the changed words of a text are shown.
const wordy = 80

// WordsOfTexts compares two long texts, written in JSON, word by word.
func WordsOfTexts(a, b shown.Text) []audit.Part {
	var before, after string
	if len(a)+len(b) <= 2*wordy || json.Unmarshal([]byte(a), &before) != nil || json.Unmarshal([]byte(b), &after) != nil {
		return nil
	}
	return audit.Words(before, after)
}
