package acceptance

import "slices"

// shrink returns a part of what made something fail that is as small as leaving out pieces can make it.
func shrink[T any](all []T, fails func([]T) bool) []T {
	for size := (len(all) + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(all) && len(all) > 1; {
			fewer := slices.Delete(slices.Clone(all), at, min(at+size, len(all)))
			if fails(fewer) {
				all = fewer
			} else {
				at += size
			}
		}
	}
	return all
}
