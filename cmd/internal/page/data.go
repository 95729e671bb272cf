package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// mapData is what the script draws and searches. Names are short where there are many.
type mapData struct {
	Made   int64                  `json:"made"`
	Nodes  []nodeData             `json:"nodes"`
	Teams  map[string][]string    `json:"teams"`
	Edges  [][2]int               `json:"edges"` // by number of the node
	Levels map[string]levelData   `json:"levels"`
	Paths  map[string]pathData    `json:"paths"`
	Shifts map[string][]shiftData `json:"shifts"` // by key of the schedule
}

type nodeData struct {
	Key   string `json:"k"`
	Name  string `json:"n"`
	Type  string `json:"t"`
	Layer int    `json:"l"`
}

type pathData struct {
	Main  bool       `json:"main"`
	Quiet bool       `json:"quiet"`
	When  string     `json:"when"`
	Open  [][2]int64 `json:"open"` // null: always
}

type targetData struct {
	Kind   string   `json:"kind"`
	Key    string   `json:"key"`
	Name   string   `json:"name"`
	People []string `json:"people"`
}

type levelData struct {
	After    int          `json:"after"`
	Position int          `json:"position"`
	Targets  []targetData `json:"targets"`
	Now      []string     `json:"now"`
}

type shiftData struct {
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	Person string `json:"who"`
}

func mapOf(p *Page) mapData {
	m := mapData{
		Made: p.Made.Unix(), Nodes: []nodeData{}, Edges: [][2]int{}, Teams: map[string][]string{},
		Levels: map[string]levelData{}, Paths: map[string]pathData{}, Shifts: map[string][]shiftData{},
	}
	number := map[string]int{}
	for _, o := range p.Objects {
		number[o.Key] = len(m.Nodes)
		m.Nodes = append(m.Nodes, nodeData{o.Key, o.Name, o.Type, o.Layer})
		if len(o.Teams) > 0 {
			m.Teams[o.Key] = o.Teams
		}
		if o.Level != nil {
			l := levelData{After: o.Level.After, Position: o.Level.Position, Targets: []targetData{}, Now: o.Level.Now}
			for _, t := range o.Level.Targets {
				l.Targets = append(l.Targets, targetData(t))
			}
			m.Levels[o.Key] = l
		}
		if o.Path != nil {
			d := pathData{Main: o.Path.Default, Quiet: o.Path.Quiet, When: o.Path.When}
			if !o.Path.Always {
				d.Open = [][2]int64{}
				for _, s := range o.Path.Open {
					d.Open = append(d.Open, [2]int64{s.From.Unix(), s.To.Unix()})
				}
			}
			m.Paths[o.Key] = d
		}
	}
	for _, e := range p.Edges {
		from, hasFrom := number[e.From]
		to, hasTo := number[e.To]
		if hasFrom && hasTo {
			m.Edges = append(m.Edges, [2]int{from, to})
		}
	}
	if p.Coverage != nil {
		for _, s := range p.Coverage.Schedules {
			m.Shifts[s.Key] = []shiftData{}
			for _, shift := range s.Shifts {
				m.Shifts[s.Key] = append(m.Shifts[s.Key], shiftData{shift.From.Unix(), shift.To.Unix(), shift.Person})
			}
		}
	}
	return m
}

// detailData is what is shown of an object on demand.
type detailData struct {
	Address  string      `json:"address,omitempty"`
	Status   string      `json:"status,omitempty"`
	Why      string      `json:"why,omitempty"`
	Settings string      `json:"settings,omitempty"`
	Code     string      `json:"code,omitempty"`
	History  [][4]string `json:"history,omitempty"` // when, who, did, what
}

func detailsOf(objects []*Object) map[string]detailData {
	all := map[string]detailData{}
	for _, o := range objects {
		d := detailData{Address: o.Address, Status: o.Status, Why: o.Why, Settings: o.Settings, Code: o.Code}
		for _, e := range o.History {
			d.History = append(d.History, [4]string{e.At.UTC().Format(time.RFC3339), e.Who, e.Did, e.What})
		}
		all[o.Key] = d
	}
	return all
}

// pack compresses a value as JSON, in the letters of base64.
func pack[T mapData | map[string]detailData](value T) (string, error) {
	var b bytes.Buffer
	encoded := base64.NewEncoder(base64.URLEncoding, &b)
	zipped := gzip.NewWriter(encoded)
	if err := json.NewEncoder(zipped).Encode(value); err != nil {
		return "", fmt.Errorf("compress the objects: %w", err)
	}
	if err := zipped.Close(); err != nil {
		return "", fmt.Errorf("compress the objects: %w", err)
	}
	if err := encoded.Close(); err != nil {
		return "", fmt.Errorf("compress the objects: %w", err)
	}
	return b.String(), nil
}
