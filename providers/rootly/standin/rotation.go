package standin

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// rotationProvider holds the one resource that the official provider builds with the framework.
type rotationProvider struct{ options Options }

var _ provider.Provider = (*rotationProvider)(nil)

func (p *rotationProvider) Metadata(_ context.Context, _ provider.MetadataRequest, r *provider.MetadataResponse) {
	r.TypeName = "rootly"
	r.Version = Name
}

func (p *rotationProvider) Schema(_ context.Context, _ provider.SchemaRequest, r *provider.SchemaResponse) {
	r.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{
		hostAttribute:  providerschema.StringAttribute{Optional: true},
		tokenAttribute: providerschema.StringAttribute{Optional: true, Sensitive: true},
	}}
}

func (p *rotationProvider) Configure(ctx context.Context, q provider.ConfigureRequest, r *provider.ConfigureResponse) {
	var config struct {
		Host  types.String `tfsdk:"api_host"`
		Token types.String `tfsdk:"api_token"`
	}
	r.Diagnostics.Append(q.Config.Get(ctx, &config)...)
	if r.Diagnostics.HasError() {
		return
	}
	c, err := newClient(p.options, config.Host.ValueString(), config.Token.ValueString())
	if err != nil {
		r.Diagnostics.AddError("Configure "+Name, err.Error())
		return
	}
	r.ResourceData = c
}

func (p *rotationProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *rotationProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &rotation{} }}
}

// rotationSchema is written out because the framework's defaults and plan modifiers are code.
func rotationSchema() schema.Schema {
	optional := schema.StringAttribute{Optional: true, Computed: true}
	return schema.Schema{
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{
				stringplanmodifier.UseStateForUnknown(),
			}},
			"schedule_id": schema.StringAttribute{Required: true, PlanModifiers: []planmodifier.String{
				stringplanmodifier.RequiresReplace(),
			}},
			"name":     schema.StringAttribute{Required: true},
			"position": schema.Int64Attribute{Optional: true, Computed: true},
			"schedule_rotationable_type": schema.StringAttribute{Optional: true, Computed: true,
				Default: stringdefault.StaticString("ScheduleDailyRotation"),
				Validators: []validator.String{oneOf{"ScheduleDailyRotation", "ScheduleWeeklyRotation",
					"ScheduleBiweeklyRotation", "ScheduleMonthlyRotation", "ScheduleCustomRotation"}},
			},
			"active_all_week": schema.BoolAttribute{Optional: true, Computed: true},
			"active_days": schema.SetAttribute{Optional: true, Computed: true, ElementType: types.StringType,
				Validators: []validator.Set{eachOf{"S", "M", "T", "W", "R", "F", "U"}}},
			"active_time_type": schema.StringAttribute{Optional: true, Computed: true,
				Validators: []validator.String{oneOf{"all_day", "same_time", "custom"}}},
			"time_zone": schema.StringAttribute{Optional: true, Computed: true,
				Default: stringdefault.StaticString("Etc/UTC")},
			"start_time": optional,
			"end_time":   optional,
			"schedule_rotationable_attributes": schema.SingleNestedAttribute{Required: true,
				Attributes: map[string]schema.Attribute{
					"handoff_time":      schema.StringAttribute{Required: true},
					"handoff_day":       schema.StringAttribute{Optional: true},
					"shift_length":      schema.Int64Attribute{Optional: true},
					"shift_length_unit": schema.StringAttribute{Optional: true},
				}},
		},
		Blocks: map[string]schema.Block{
			"active_time_attributes": schema.SetNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{
					"start_time": schema.StringAttribute{Required: true},
					"end_time":   schema.StringAttribute{Required: true},
				}}},
			"schedule_rotation_members": schema.SetNestedBlock{
				Validators: []validator.Set{uniquePositions{}},
				NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
					"member_id":   schema.StringAttribute{Required: true},
					"member_type": schema.StringAttribute{Required: true, Validators: []validator.String{oneOf{"Schedule", "User"}}},
					"position":    schema.Int64Attribute{Optional: true, Computed: true, Validators: []validator.Int64{positive{}}},
				}}},
		},
	}
}
