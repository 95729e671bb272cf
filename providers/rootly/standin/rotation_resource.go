package standin

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	rotationAPI     = "schedule_rotations"
	rotationInclude = "?include=schedule_rotation_members"
)

type rotation struct{ client *client }

var _ resource.ResourceWithImportState = (*rotation)(nil)

func (r *rotation) Metadata(_ context.Context, q resource.MetadataRequest, p *resource.MetadataResponse) {
	p.TypeName = rotationType
}

func (r *rotation) Schema(_ context.Context, _ resource.SchemaRequest, p *resource.SchemaResponse) {
	p.Schema = rotationSchema()
}

func (r *rotation) Configure(_ context.Context, q resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := q.ProviderData.(*client); ok {
		r.client = c
	}
}

func (r *rotation) ImportState(ctx context.Context, q resource.ImportStateRequest, p *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), q, p)
}

func (r *rotation) Read(ctx context.Context, q resource.ReadRequest, p *resource.ReadResponse) {
	var m rotationModel
	p.Diagnostics.Append(q.State.Get(ctx, &m)...)
	if p.Diagnostics.HasError() {
		return
	}
	err := r.refresh(ctx, &m, &p.Diagnostics)
	switch {
	case errors.Is(err, errNotFound):
		p.State.RemoveResource(ctx)
	case err != nil:
		p.Diagnostics.AddError("Read "+rotationType, err.Error())
	case !p.Diagnostics.HasError():
		p.Diagnostics.Append(p.State.Set(ctx, &m)...)
	}
}

func (r *rotation) Create(ctx context.Context, q resource.CreateRequest, p *resource.CreateResponse) {
	var m rotationModel
	p.Diagnostics.Append(q.Plan.Get(ctx, &m)...)
	if p.Diagnostics.HasError() {
		return
	}
	var answer document
	at := "/v1/schedules/" + url.PathEscape(m.ScheduleID.ValueString()) + "/schedule_rotations" + rotationInclude
	body := document{Data: &object{Type: rotationAPI, Attributes: m.attributes()}}
	if err := r.client.call(ctx, http.MethodPost, at, body, &answer); err != nil {
		p.Diagnostics.AddError("Create "+rotationType, err.Error())
		return
	}
	o, err := answer.one(rotationAPI)
	if err != nil {
		p.Diagnostics.AddError("Create "+rotationType, err.Error())
		return
	}
	m.ID = types.StringValue(o.ID)
	if r.settle(ctx, &m, &p.Diagnostics) {
		p.Diagnostics.Append(p.State.Set(ctx, &m)...)
	}
}

func (r *rotation) Update(ctx context.Context, q resource.UpdateRequest, p *resource.UpdateResponse) {
	var m rotationModel
	p.Diagnostics.Append(q.Plan.Get(ctx, &m)...)
	if p.Diagnostics.HasError() {
		return
	}
	body := document{Data: &object{ID: m.ID.ValueString(), Type: rotationAPI, Attributes: m.attributes()}}
	if err := r.client.call(ctx, http.MethodPut, m.path()+rotationInclude, body, nil); err != nil {
		p.Diagnostics.AddError("Update "+rotationType, err.Error())
		return
	}
	if r.settle(ctx, &m, &p.Diagnostics) {
		p.Diagnostics.Append(p.State.Set(ctx, &m)...)
	}
}

func (r *rotation) Delete(ctx context.Context, q resource.DeleteRequest, p *resource.DeleteResponse) {
	var m rotationModel
	p.Diagnostics.Append(q.State.Get(ctx, &m)...)
	if p.Diagnostics.HasError() {
		return
	}
	err := r.client.call(ctx, http.MethodDelete, m.path(), nil, nil)
	if err != nil && !errors.Is(err, errNotFound) {
		p.Diagnostics.AddError("Delete "+rotationType, err.Error())
	}
}

// settle reads what was written and reports whether that went well.
func (r *rotation) settle(ctx context.Context, m *rotationModel, diags *diag.Diagnostics) bool {
	if err := r.refresh(ctx, m, diags); err != nil {
		diags.AddError("Read "+rotationType, err.Error())
	}
	return !diags.HasError()
}

// refresh fills m from the API.
func (r *rotation) refresh(ctx context.Context, m *rotationModel, diags *diag.Diagnostics) error {
	var doc document
	if err := r.client.call(ctx, http.MethodGet, m.path()+rotationInclude, nil, &doc); err != nil {
		return err
	}
	o, err := doc.one(rotationAPI)
	if err != nil {
		return err
	}
	if r.client.sabotage != nil {
		if err := r.client.sabotage(rotationType, o.ID, o.Attributes); err != nil {
			return err
		}
	}
	return m.store(ctx, o, doc.Included, diags)
}
