package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

const (
	shiftsPath = "/v1/shifts"

	// longestSpan is what the hosted API answers at most.
	longestSpan = 62 * 24 * time.Hour

	shiftsPage, mostShifts = 50, 1000
)

// shiftsList answers who is on call. As recorded, the answer has neither links nor meta.
func (r *reader) shiftsList() ([]byte, error) {
	within, err := spanOf(r.query, r.opts.Clock().UTC())
	if err != nil {
		return nil, err
	}
	var rows []*record
	for _, shift := range r.store.shifts(within) {
		if wanted(r.query["user_ids[]"], shift.User) && wanted(r.query["schedule_ids[]"], shift.Schedule) {
			rows = append(rows, shiftRecord(shift))
		}
	}
	size := min(positive(r.query["page[size]"], shiftsPage), mostShifts)
	if limit := r.faults.PageCap; limit > 0 {
		size = min(size, limit)
	}
	from := min(len(rows), (positive(r.query["page[number]"], 1)-1)*size)
	var buf bytes.Buffer
	in := r.writeRows(&buf, rows[from:min(len(rows), from+size)])
	in.write(&buf)
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// spanOf is the time that a request is about: by default the coming week.
func spanOf(query url.Values, now time.Time) (oncall.Span, error) {
	span := oncall.Span{From: now}
	span.To = span.From.AddDate(0, 0, 7)
	for name, at := range map[string]*time.Time{"from": &span.From, "to": &span.To} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		var err error
		if *at, err = time.Parse(time.RFC3339, text); err != nil {
			return span, failf(http.StatusUnprocessableEntity, "%s is not a time", name)
		}
	}
	if span.Length() > longestSpan {
		return span, failf(http.StatusUnprocessableEntity, "the time range must not be longer than 2 months")
	}
	return span, nil
}

func wanted(ids []string, id graph.ID) bool { return len(ids) == 0 || slices.Contains(ids, string(id)) }

// shifts works out who is on call from the schedules that are held.
func (s *store) shifts(within oncall.Span) []oncall.Shift {
	var rotations []oncall.Rotation
	for _, rec := range s.byAPI["schedule_rotations"] {
		members := s.attributesUnder(membersRelation, rec.ID)
		slices.SortStableFunc(members, func(a, b any) int { return rank(a) - rank(b) })
		rotations = append(rotations, oncall.RotationOf(graph.ID(rec.ID), attributesOf(rec), members, s.attributesUnder("schedule_rotation_active_days", rec.ID)))
	}
	var others []oncall.Shift
	note := func(shift oncall.Shift, ok bool) {
		if ok {
			others = append(others, shift)
		}
	}
	for _, rec := range s.byAPI["shifts"] {
		note(oncall.OverrideOf(attributesOf(rec)))
	}
	for _, rec := range s.byAPI["on_call_shadows"] {
		note(oncall.ShadowOf(attributesOf(rec)))
	}
	return oncall.Compute(within, rotations, others)
}

func (s *store) attributesUnder(api, parent string) []any {
	var all []any
	for _, rec := range s.byOwner[key{api, parent}] {
		all = append(all, attributesOf(rec))
	}
	return all
}

func attributesOf(rec *record) map[string]any {
	var o struct {
		Attributes map[string]any `json:"attributes"`
	}
	d := json.NewDecoder(bytes.NewReader(rec.Body))
	d.UseNumber()
	_ = d.Decode(&o) // what is no object has no attributes
	return o.Attributes
}

func rank(member any) int {
	m, _ := member.(map[string]any)
	position, _ := m["position"].(json.Number)
	n, _ := strconv.Atoi(position.String())
	return n
}

// shiftRecord makes the object that a shift is served as.
func shiftRecord(s oncall.Shift) *record {
	id := fmt.Sprintf("%s-%s-%s-%d", s.Schedule, s.Rotation, s.User, s.From.Unix())
	person := encode(map[string]any{"data": identifier{string(s.User), "users"}})
	rotation, user := encode(nil), encode(nil)
	if s.Rotation != "" {
		rotation = encode(s.Rotation)
	}
	if s.User != "" {
		user = json.RawMessage(s.User)
	} else {
		person = encode(map[string]any{"data": nil})
	}
	body := encode(map[string]any{
		"id": id, "type": "shifts",
		"attributes": map[string]any{
			"schedule_id": s.Schedule, "rotation_id": rotation, "starts_at": s.From.UTC().Format(time.RFC3339), "ends_at": s.To.UTC().Format(time.RFC3339),
			"is_override": s.Override, "is_shadow": s.Shadow, "user_id": user,
		},
		"relationships": map[string]any{"user": person, "assignee": person},
	})
	return &record{Object: Object{API: "shifts", ID: id, Body: body}}
}
