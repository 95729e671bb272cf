package organisation

import "strings"

// awkwardNames are names that broke somebody's importer, or could.
func awkwardNames() []string {
	return []string{
		"for", "null", "true", "each", "count", "provider", "locals", "lifecycle", "self", "depends_on",
		"3rd Party Gateway", "2026 Migration", "0", "-", "...", "!!!",
		"Zahlungsverkehr für Größe", "zahlungsverkehr fur grosse", "Платежи", "検索サービス", "פיקוד חזית", "خدمة الدفع",
		"🔥🔥🔥", "Café ☕ Orders", "naïve Service", "naïve Service",
		`Say "hello"`, `C:\prod\api`, "it's complicated", "`backticks`", "a/b\\c",
		"cost ${total}", "${var.secret}", "%{ if true }", "$${escaped}", "100%{done}",
		"{{ incident.title }}", " leading space", "trailing space ", "tab\tinside", "UPPER", "upper", "Upper",
		"double  space", "under_score", "under-score", "under score", "\u200bzero width", "a\u0301ccent", "ﬁligature",
		strings.Repeat("very long name ", 17),
	}
}

// awkwardTexts are texts that a generator must bring back byte by byte.
func awkwardTexts() []string {
	return []string{
		"ends with a newline\n", "ends with two\n\n", "\nstarts with a newline", "  leading spaces\n    deeper\n  back\n",
		"windows\r\nline\r\nends\r\n", "old mac\rline", "tab\tand\ttab\n\tindented", "trailing spaces   \nhere  \n",
		"${interpolation} and %{ directive } and $${escaped} and %%{escaped}\n",
		"quote \" backslash \\ slash / and \\n that is no newline",
		"EOT\nEOF\nEND\n", "<<-EOT\n  not a heredoc\nEOT", "# not a comment\n// nor this\n/* nor that */",
		"{% for s in incident.services %}\n- {{ s.name }}\n{% endfor %}\n", "emoji 👩🏽‍🚒 flag 🇨🇭 astral 𝒳\n",
		"مرحبا بالعالم\nשלום עולם\n", "nul-free control \u0001 \u001f and DEL \u007f", "\ufeffbyte order mark", "line \u2028 separator \u2029 too",
		`{"looks": "like JSON", "n": 1.0}`, "[1,  2,   3]", "true", "null", "42", "007", "1e3", " ", "\n",
		"00000000-0000-4000-8000-000000000000", "https://example.com/?a=1&b=<2>",
	}
}

// longText is a runbook of n bytes.
func longText(n int) string {
	const step = "%d. Check the dashboards, then ask in #incidents; \"do not\" restart ${service} before.\n   - {{ incident.title }}: C:\\logs\\app.log\n"
	s := "# Runbook\n\n"
	for len(s) < n {
		s += step
	}
	return s[:n]
}
