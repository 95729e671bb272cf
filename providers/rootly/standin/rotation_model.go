package standin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// rotationModel is the state of a rotation.
type rotationModel struct {
	ID            types.String `tfsdk:"id"`
	ScheduleID    types.String `tfsdk:"schedule_id"`
	Name          types.String `tfsdk:"name"`
	Position      types.Int64  `tfsdk:"position"`
	Type          types.String `tfsdk:"schedule_rotationable_type"`
	ActiveAllWeek types.Bool   `tfsdk:"active_all_week"`
	ActiveDays    types.Set    `tfsdk:"active_days"`
	TimeType      types.String `tfsdk:"active_time_type"`
	TimeZone      types.String `tfsdk:"time_zone"`
	StartTime     types.String `tfsdk:"start_time"`
	EndTime       types.String `tfsdk:"end_time"`
	Handoff       types.Object `tfsdk:"schedule_rotationable_attributes"`
	ActiveTimes   types.Set    `tfsdk:"active_time_attributes"`
	Members       types.Set    `tfsdk:"schedule_rotation_members"`
}

func (m *rotationModel) path() string {
	return "/v1/schedule_rotations/" + url.PathEscape(m.ID.ValueString())
}

func handoffTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"handoff_time": types.StringType, "handoff_day": types.StringType,
		"shift_length": types.Int64Type, "shift_length_unit": types.StringType,
	}
}

func timeTypes() map[string]attr.Type {
	return map[string]attr.Type{"start_time": types.StringType, "end_time": types.StringType}
}

func memberTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"member_id": types.StringType, "member_type": types.StringType, "position": types.Int64Type,
	}
}

// wireRotation is the API's form. Pointers tell null from the zero value.
type wireRotation struct {
	ScheduleID    string      `json:"schedule_id"`
	Name          string      `json:"name"`
	Position      float64     `json:"position"`
	Type          string      `json:"schedule_rotationable_type"`
	ActiveAllWeek *bool       `json:"active_all_week"`
	ActiveDays    []string    `json:"active_days"`
	TimeType      *string     `json:"active_time_type"`
	TimeZone      string      `json:"time_zone"`
	StartTime     *string     `json:"start_time"`
	EndTime       *string     `json:"end_time"`
	Handoff       wireHandoff `json:"schedule_rotationable_attributes"`
	ActiveTimes   []wireTime  `json:"active_time_attributes"`
}

type wireHandoff struct {
	Time   *string  `json:"handoff_time"`
	Day    *string  `json:"handoff_day"`
	Length *float64 `json:"shift_length"`
	Unit   *string  `json:"shift_length_unit"`
}

type wireTime struct {
	Start string `json:"start_time"`
	End   string `json:"end_time"`
}

type wireMember struct {
	ID       string  `json:"member_id"`
	Type     string  `json:"member_type"`
	Position float64 `json:"position"`
}

// store takes an answer into m. The two sets of blocks are only refreshed when m holds elements
// already, so never on import.
func (m *rotationModel) store(ctx context.Context, o *object, included []object, diags *diag.Diagnostics) error {
	var w wireRotation
	if err := recode(o.Attributes, &w); err != nil {
		return err
	}
	m.ID, m.ScheduleID, m.Name = types.StringValue(o.ID), types.StringValue(w.ScheduleID), types.StringValue(w.Name)
	m.Position, m.Type = types.Int64Value(int64(w.Position)), types.StringValue(w.Type)
	m.ActiveAllWeek, m.TimeType = types.BoolPointerValue(w.ActiveAllWeek), types.StringPointerValue(w.TimeType)
	m.TimeZone = types.StringValue(w.TimeZone)
	m.StartTime, m.EndTime = types.StringPointerValue(w.StartTime), types.StringPointerValue(w.EndTime)

	days, d := types.SetValueFrom(ctx, types.StringType, w.ActiveDays)
	diags.Append(d...)
	m.ActiveDays = days

	length := types.Int64Null()
	if w.Handoff.Length != nil {
		length = types.Int64Value(int64(*w.Handoff.Length))
	}
	m.Handoff = types.ObjectValueMust(handoffTypes(), map[string]attr.Value{
		"handoff_time": types.StringPointerValue(w.Handoff.Time), "handoff_day": types.StringPointerValue(w.Handoff.Day),
		"shift_length": length, "shift_length_unit": types.StringPointerValue(w.Handoff.Unit),
	})

	if len(m.ActiveTimes.Elements()) > 0 {
		var times []attr.Value
		for _, t := range w.ActiveTimes {
			times = append(times, types.ObjectValueMust(timeTypes(), map[string]attr.Value{
				"start_time": types.StringValue(t.Start), "end_time": types.StringValue(t.End),
			}))
		}
		m.ActiveTimes = setOf(times, timeTypes(), diags)
	}
	if len(m.Members.Elements()) == 0 {
		return nil
	}
	members, err := membersOf(o, included)
	m.Members = setOf(members, memberTypes(), diags)
	return err
}

// membersOf follows the relationship of a rotation into the included objects.
func membersOf(o *object, included []object) ([]attr.Value, error) {
	var to list
	if raw := o.Relationships["schedule_rotation_members"]; raw != nil {
		if err := json.Unmarshal(raw, &to); err != nil {
			return nil, fmt.Errorf("relationship schedule_rotation_members: %w", err)
		}
	}
	var members []attr.Value
	for _, ref := range to.Data {
		if ref.Type != "schedule_rotation_members" {
			return nil, errors.New("relationship schedule_rotation_members holds " + ref.Type)
		}
		var w wireMember
		for _, i := range included {
			if i.Type == ref.Type && i.ID == ref.ID {
				if err := recode(i.Attributes, &w); err != nil {
					return nil, err
				}
			}
		}
		members = append(members, types.ObjectValueMust(memberTypes(), map[string]attr.Value{
			"member_id": types.StringValue(w.ID), "member_type": types.StringValue(w.Type),
			"position": types.Int64Value(int64(w.Position)),
		}))
	}
	return members, nil
}

func setOf(values []attr.Value, of map[string]attr.Type, diags *diag.Diagnostics) types.Set {
	s, d := types.SetValue(types.ObjectType{AttrTypes: of}, values)
	diags.Append(d...)
	return s
}

// recode fits decoded JSON into a struct.
func recode(from map[string]any, to any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to)
}

// attributes is the API's form of what was planned.
func (m *rotationModel) attributes() map[string]any {
	a := map[string]any{
		"schedule_id": m.ScheduleID.ValueString(), "name": m.Name.ValueString(),
		"schedule_rotationable_type": m.Type.ValueString(), "time_zone": m.TimeZone.ValueString(),
		"active_all_week": wireValue(m.ActiveAllWeek), "active_time_type": wireValue(m.TimeType),
		"start_time": wireValue(m.StartTime), "end_time": wireValue(m.EndTime),
		"schedule_rotationable_attributes": wireValues(m.Handoff.Attributes()),
		"active_time_attributes":           wireObjects(m.ActiveTimes), "schedule_rotation_members": wireObjects(m.Members),
	}
	if n := m.Position.ValueInt64(); n != 0 {
		a["position"] = n
	}
	if !m.ActiveDays.IsNull() && !m.ActiveDays.IsUnknown() {
		days := []string{}
		for _, e := range m.ActiveDays.Elements() {
			days = append(days, e.(types.String).ValueString())
		}
		a["active_days"] = days
	}
	return a
}

func wireObjects(s types.Set) []any {
	objects := []any{}
	for _, e := range s.Elements() {
		objects = append(objects, wireValues(e.(types.Object).Attributes()))
	}
	return objects
}

func wireValues(values map[string]attr.Value) map[string]any {
	m := map[string]any{}
	for name, v := range values {
		m[name] = wireValue(v)
	}
	return m
}

// wireValue is a scalar as the API takes it. What is not known yet is sent as null.
func wireValue(v attr.Value) any {
	if v.IsNull() || v.IsUnknown() {
		return nil
	}
	switch v := v.(type) {
	case types.String:
		return v.ValueString()
	case types.Int64:
		return v.ValueInt64()
	case types.Bool:
		return v.ValueBool()
	}
	return nil
}
