package standin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// oneOf accepts the texts that it lists.
type oneOf []string

func (v oneOf) Description(context.Context) string {
	return "must be one of " + strings.Join(v, ", ")
}

func (v oneOf) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v oneOf) ValidateString(ctx context.Context, q validator.StringRequest, r *validator.StringResponse) {
	if s := q.ConfigValue; !s.IsNull() && !s.IsUnknown() && !slices.Contains(v, s.ValueString()) {
		r.Diagnostics.AddAttributeError(q.Path, "Value not allowed", fmt.Sprintf("%s %s.", s, v.Description(ctx)))
	}
}

// eachOf accepts sets of the texts that it lists.
type eachOf []string

func (v eachOf) Description(ctx context.Context) string         { return "each " + oneOf(v).Description(ctx) }
func (v eachOf) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v eachOf) ValidateSet(ctx context.Context, q validator.SetRequest, r *validator.SetResponse) {
	for _, e := range q.ConfigValue.Elements() {
		if s, ok := e.(types.String); ok && !s.IsUnknown() && !slices.Contains(v, s.ValueString()) {
			r.Diagnostics.AddAttributeError(q.Path, "Value not allowed", fmt.Sprintf("%s: %s.", s, v.Description(ctx)))
		}
	}
}

// positive accepts whole numbers from 1.
type positive struct{}

func (positive) Description(context.Context) string         { return "must be at least 1" }
func (positive) MarkdownDescription(context.Context) string { return "must be at least 1" }

func (v positive) ValidateInt64(ctx context.Context, q validator.Int64Request, r *validator.Int64Response) {
	if n := q.ConfigValue; !n.IsNull() && !n.IsUnknown() && n.ValueInt64() < 1 {
		r.Diagnostics.AddAttributeError(q.Path, "Value not allowed", fmt.Sprintf("%d %s.", n.ValueInt64(), v.Description(ctx)))
	}
}

// uniquePositions accepts members whose positions differ.
type uniquePositions struct{}

func (uniquePositions) Description(context.Context) string         { return "positions must differ" }
func (uniquePositions) MarkdownDescription(context.Context) string { return "positions must differ" }

func (v uniquePositions) ValidateSet(ctx context.Context, q validator.SetRequest, r *validator.SetResponse) {
	seen := map[int64]bool{}
	for _, e := range q.ConfigValue.Elements() {
		o, ok := e.(types.Object)
		if !ok {
			continue
		}
		n, ok := o.Attributes()["position"].(types.Int64)
		if !ok || n.IsNull() || n.IsUnknown() {
			continue
		}
		if seen[n.ValueInt64()] {
			r.Diagnostics.AddAttributeError(q.Path, "Position taken twice", v.Description(ctx)+".")
		}
		seen[n.ValueInt64()] = true
	}
}
