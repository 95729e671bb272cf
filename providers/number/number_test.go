package number_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

func TestCheckAll(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 401)
	for text, want := range map[string]bool{
		`{"a": 1, "b": [-2.5e10, 0.1E-400, 1e+308], "c": null}`: true,
		`"1e646456994"`:                  true,
		`{"1e9999": "\"1e9999", "b": 7}`: true,
		`1e400`:                          true, // whether it fits a type is for others to say
		`[1e401]`:                        false,
		`{"a":{"b":1e646456994}}`:        false,
		`[1, -1E-646456994]`:             false,
		`1e99999999999999999999`:         false,
		`1e`:                             false,
		`["\\", 1e500]`:                  false,
		`[` + long + `]`:                 false,
		`[0.` + long + `]`:               false,
		`["` + long + `"]`:               true,
		`[1`:                             true,
		`["\`:                            true,
	} {
		if err := number.CheckAll([]byte(text)); (err == nil) != want {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "-3": "-3", "2.5": "2.5", "1e21": "1" + strings.Repeat("0", 21),
		"1e646456994": "+Inf", "1e600000000": "0x.", "-1e-600000000": "-0x.", "1e10000000": "0x.",
	} {
		f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		if got := number.Text(f); !strings.HasPrefix(got, want) || len(got) > 500 {
			t.Errorf("%s: %.80s", text, got)
		}
	}
}
