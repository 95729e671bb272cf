package record

import (
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// Pairs reads KEY=VALUE. Empty pairs and values, as from unset variables, are left out.
func Pairs(flag string, texts []string) ([]post.Pair, error) {
	var list []post.Pair
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		key, value, found := strings.Cut(text, "=")
		if key = strings.TrimSpace(key); !found || key == "" {
			return nil, exit.Usage(fmt.Errorf("%s %q is not KEY=VALUE", flag, text), "write it as "+flag+" team=payments")
		}
		if value = strings.TrimSpace(value); value != "" {
			list = append(list, post.Pair{Key: key, Value: value})
		}
	}
	return list, nil
}
