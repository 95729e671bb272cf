// Package oncall says who is on call when.
//
//	/v1/shifts ──► Fetch ──┐
//	                       ├──► shifts ──► Uncovered, Overlaps, Share
//	rotations  ──► Compute ┘
//
// Fetch takes what Rootly computes, so that overrides, shadows, time zones and daylight saving are Rootly's own. Compute
// is for keys that may not read shifts: it follows the documented settings of rotations and knows neither shift swaps nor
// holidays.
//
// Now is Rootly's own answer for this moment, level by level: with whom it pages by turns and by team.
//
// Not here: what escalation policies make of schedules, and any opinion about a gap.
package oncall
