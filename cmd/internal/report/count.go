package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Plural counts things in words: "no objects", "1 object", "1,006 objects", "2 entries".
func Plural(n int, one string) string {
	switch n {
	case 0:
		return "no " + manyOf(one)
	case 1:
		return "1 " + one
	}
	return number(n) + " " + manyOf(one)
}

// manyOf is the plural of a word, or of a phrase whose last word counts.
func manyOf(word string) string {
	switch stem, y := strings.CutSuffix(word, "y"); {
	case y && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])):
		return stem + "ies"
	case strings.HasSuffix(word, "s"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return word + "es"
	}
	return word + "s"
}

// number writes a number with a comma between thousands.
func number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// lasted writes a time as exactly as people care for: 0.4s, 12s, 1m05s, 2h03m.
func lasted(d time.Duration) string {
	switch {
	case d < 9950*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0fs", d.Seconds())
	}
	d = d.Round(time.Second)
	if d < time.Hour {
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// lastedWhole is [lasted] in whole seconds, for times that still run.
func lastedWhole(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
	return lasted(d.Truncate(time.Second))
}

// seconds is the duration that a number of seconds stands for.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// size writes a number of bytes in decimal units.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 999_500:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 999_950_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
