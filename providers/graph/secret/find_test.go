package secret_test

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// The credentials of these tests are made up, and put together from pieces, so that no scanner
// takes this file for a leak.
const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// made returns n made-up characters of an alphabet, always the same for a seed.
func made(seed uint64, n int, alphabet string) string {
	rng := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

func word(n int) string { return made(uint64(n), n, alnum) }
func hex(n int) string  { return made(uint64(n), n, "0123456789abcdef") }

type sample struct{ name, text string }

func secrets() []sample {
	upper := "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	uuid := "3f0c1a52-7c1d-4e58-9a37-" + hex(12)
	return []sample{
		// Tokens that are known by their form, wherever they stand.
		{"", "AK" + "IA" + made(1, 16, upper)},
		{"", "log in with AK" + "IA0189" + made(7, 12, upper)},
		{"", "hf" + "_" + made(10, 34, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")},
		{"", "telegram_token: '" + "8355131123:A" + word(34) + "'"},
		{"description", "use AS" + "IA" + made(2, 16, upper) + " for this"},
		{"", "gh" + "p_" + word(36)},
		{"", "github" + "_pat_" + word(82)},
		{"", "gl" + "pat-" + word(20)},
		{"", "xo" + "xb-" + "2345678901-" + "2345678901234-" + word(24)},
		{"", "xo" + "xp-" + "2345678901-" + "2345678901-" + "2345678901-" + hex(32)},
		{"", "https://hooks." + "slack.com/services/T" + made(3, 8, upper) + "/B" + made(4, 8, upper) + "/" + word(24)},
		{"", "sk" + "_live_" + word(24)},
		{"", "S" + "K" + hex(32)},
		{"", "S" + "G." + word(22) + "." + word(43)},
		{"", "sk-" + "ant-api03-" + word(93) + "AA"},
		{"", "sk-" + "proj-" + word(74) + "T3Blbk" + "FJ" + word(74)},
		{"", "AI" + "za" + made(5, 35, alnum)},
		{"", "np" + "m_" + strings.ToLower(word(36))},
		{"", "py" + "pi-AgEIcHlwaS5vcmc" + word(60)},
		{"", "ATA" + "TT3" + made(6, 186, alnum)},
		{"", "rootly_" + made(8, 64, "0123456789abcdef")},
		{"body", "the key is rootly_" + made(9, 64, "0123456789abcdef") + "."},
		{"", "ey" + "JhbGciOiJIUzI1NiJ9" + "." + "ey" + word(40) + "." + word(43)},
		{"", "-----BEGIN RSA " + "PRIVATE KEY-----\n" + word(64) + "\n" + word(64) + "\n-----END RSA " + "PRIVATE KEY-----"},
		{"", "-----BEGIN " + "PRIVATE KEY-----\n" + word(64)},
		{"", "hv" + "s." + word(95)},
		{"", "dop" + "_v1_" + hex(64)},
		{"", "gl" + "sa_" + word(32) + "_" + hex(8)},
		{"", "shp" + "at_" + hex(32)},

		// Headers.
		{"Authorization", "Bearer " + word(20)},
		{"authorization", "Basic " + word(16) + "=="},
		{"Authorization", "Token token=" + word(20)},
		{"Authorization", "GenieKey " + uuid},
		{"Authorization", `Basic {{ "user:` + word(12) + `" | base64_encode }}`},
		{"", "Authorization: Bearer " + word(24)},
		{"", "send it with bearer " + word(32)},
		{"X-Api-Key", word(12)},
		{"x-api-key", uuid},
		{"DD-API-KEY", hex(32)},
		{"DD-APPLICATION-KEY", hex(40)},
		{"Cookie", "session=abc"},
		{"X-Hub-Signature", "sha1" + hex(40)},
		{"X-Auth", word(24)},

		// Names.
		{"password", "hunter2"},
		{"password", "changeme"},
		{"dbPassword", "swordfish"},
		{"client_secret", "s3"},
		{"apiToken", "abc"},
		{"AWS_SECRET_ACCESS_KEY", word(40)},
		{"passphrase", "correct horse battery staple"},
		{"routing_key", hex(32)},
		{"private_key", word(30)},
		{"connectionString", "Server=db;User=sa"},
		{"api_key", "abc{{ incident.id }}"},

		// Addresses.
		{"url", "https://ada:lovelace1@example.com/hook"},
		{"url", "redis://:swordfish@cache.internal:6379/0"},
		{"", "postgres://app:s3cr3t@db.example.com/app?sslmode=require"},
		{"", "amqp" + "s://svc:pa55@mq.example.com"},
		{"url", "https://example.com/hook?token=" + word(10)},
		{"url", "https://example.com/hook?a=b&api_key=" + word(10)},
		{"url", "https://example.com/hook?apikey=abcdef"},
		{"url", "https://x.example.net/a?sig=" + word(43) + "%3D"},
		{"url", "https://files.example.com/x?X-Amz-Signature=" + hex(64)},
		{"url", "https://discord.com/api/webhooks/123456789012345678/" + word(68)},
		{"url", "https://hooks.zapier.com/hooks/catch/123456/abc123x/"},
		{"url", "https://events.pagerduty.com/integration/" + hex(32) + "/enqueue"},
		{"url", "https://hc-ping.com/" + uuid},
		{"url", "https://flows.example.com/webhook/" + uuid + "?wait=1"},

		// Assignments inside texts.
		{"body", `{"user":"ada","password":"swordfish","n":{{ incident.id }}}`},
		{"body", `{\"api_key\": \"` + word(12) + `\"}`},
		{"body", "api_token: " + word(14)},
		{"description", "log in with password=hunter2!"},
		{"prompt", "{% assign token = '" + word(10) + "' %}"},
		{"", "DefaultEndpointsProtocol=https;AccountKey=" + word(86) + "=="},
		{"", "curl -H 'X-Api-Key: " + word(20) + "' https://example.com"},
		{"", "curl -u ada:" + word(16) + " https://example.com"},
		{"commands", "AUTH swordfish\nSET a 1"},
		{"commands", "SET a 1\nAUTH default hunter2\nGET a"},
		{"commands", "CONFIG SET requirepass hunter2"},

		// Hidden in base64, on command lines, in other languages, behind characters without width.
		{"", "the key: " + base64.StdEncoding.EncodeToString([]byte("-----BEGIN RSA "+"PRIVATE KEY-----\n"+word(64)+"\n-----END RSA "+"PRIVATE KEY-----\n"))},
		{"", base64.StdEncoding.EncodeToString([]byte("{\"type\": \"service_account\", \"private_key\": \"" + word(40) + "\"}"))},
		{"", base64.RawURLEncoding.EncodeToString([]byte("{\n  \"user\": \"ada\",\n  \"password\": \"" + word(14) + "\"\n}"))},
		{"", base64.StdEncoding.EncodeToString([]byte("{\"auths\":{\"registry.example.com\":{\"auth\":\"YWRhOng=\"}}}"))},
		{"description", "user: ada pass: hunter2x"},
		{"description", "pass=S3cret!"},
		{"", "mysql -u root -pS3cret99 orders"},
		{"", "run mysqldump -h db.internal -p'correct horse' orders > dump.sql"},
		{"", "sshpass -p hunter22 ssh ada@example.com"},
		{"description", "Kennwort: Sommer2024"},
		{"description", "Passwort=geheim123"},
		{"description", "mot de passe : Bonjour2024!"},
		{"description", "mdp: Azerty123"},
		{"description", "パスワード：hunter2x"},
		{"description", "contraseña: Verano2024"},
		{"description", "senha=Verao2024"},
		{"パスワード", "hunter2"},
		{"db_contraseña", "hunter2"},
		{"mot_de_passe", "bonjour"},
		{"senha", "verao"},
		{"", "gh" + "p_" + word(18) + "\u200b" + made(9, 18, alnum)},
		{"description", "pass\u200bword=hunter2!x"},
	}
}

func harmless() []sample {
	uuid := "3f0c1a52-7c1d-4e58-9a37-" + hex(12)
	return []sample{
		{"", ""},
		{"password", ""},
		{"password", "[REDACTED]"},
		{"password", "********"},
		{"token", "{{ secrets.my_token }}"},
		{"Authorization", "Bearer {{ secrets.my_token }}"},
		{"Authorization", "Basic {{secrets.user}}:{{ secrets.pass }}"},
		{"Authorization", "{% if incident.private %}{{ secrets.a }}{% else %}{{ secrets.b }}{% endif %}"},
		{"api_key", "<your api key>"},
		{"api_key", "YOUR_API_KEY"},
		{"token", "$API_TOKEN"},
		{"token", "${API_TOKEN}"},
		{"secret", "xxxxxxxx"},
		{"token", "null"},
		{"body", `{"text":"{{ incident.title }}","token":"{{ secrets.hook_token }}"}`},
		{"url", "https://example.com/hook?token={{ secrets.hook }}"},
		{"url", "https://{{ secrets.user }}:{{ secrets.pass }}@example.com/"},
		{"url", "https://example.com/runbooks/database-failover-2?tab=1&view=all"},
		{"url", "https://docs.google.com/document/d/" + word(44) + "/edit"},
		{"url", "https://example.slack.com/archives/C02AB3CDE4F/p1671234567890123"},
		{"url", "https://example.com/hooks/deploy"},
		{"url", "https://example.com/incidents/" + uuid},
		{"url", "mailto:ada@example.com"},
		{"url", "https://example.com/@ada:profile"},
		{"url", "https://example.com:8443/path"},
		{"id", uuid},
		{"service_id", uuid},
		{"name", "rootly_workflow_task_create_google_calendar_event"},
		{"id", "C02AB3CDE4F"},
		{"name", "#inc-20240511-api-gateway"},
		{"slug", "production-us-east-1-cluster-02"},
		{"email", "oncall+api@example.com"},
		{"description", "Rotate the API key and the secrets of the payment service every 90 days."},
		{"description", "Ask in #auth for an access token. Tokens expire after 24h."},
		{"description", "Password reset fails for 12% of users since 2024-05-11T10:00:00Z"},
		{"description", "token: expired"},
		{"description", "Password: see the vault"},
		{"description", "basic monitoring, bearer of bad news, token ring"},
		{"description", "Basic troubleshooting2 steps"},
		{"summary", "Secret: rotate"},
		{"password_required", "true"},
		{"authentication_method", "password"},
		{"max_tokens", "4000"},
		{"token_type", "bearer"},
		{"project_key", "ROOT"},
		{"jira_issue_key", "{{ incident.jira_issue_key }}"},
		{"base_key", "app" + word(14)},
		{"thread_key", "spaces/AAAA/threads/" + word(11)},
		{"field_key", "custom.password"},
		{"conference_solution_key", "hangoutsMeet"},
		{"key", "owner"},
		{"Content-Type", "application/json; charset=utf-8"},
		{"Accept", "application/vnd.github+json"},
		{"User-Agent", "rootly/1.0"},
		{"color", "#7C3AED"},
		{"time_zone", "America/Argentina/Buenos_Aires"},
		{"regexp", `^(?P<key>[a-z0-9-]+):\s*(?P<token>\w+)$`},
		{"jsonpath", "$.alert.labels.api_key_id"},
		{"sha", "commit " + "da39a3ee5e6b4b0d" + "3255bfef95601890afd80709"},
		{"rule", "s.incident.severity == 'sev1' and key in labels"},
		{"emoji", ":key: access granted"},
		{"text", "The quick brown fox jumps over the lazy dog, and the disk is at 99%: check the api."},
		{"body", "{% for t in incident.tokens %}{{ t.key }}={{ t.value }}{% endfor %}"},
		{"body", `{"token_type":"bearer","expires_in":3600}`},
		{"body", "password={{ secrets.db }}&user=ada"},
		{"default", "environment:production"},
		{"cron", "*/15 9-17 * * 1-5"},
		{"description", "All checks pass: see the dashboard, and bypass: never"},
		{"description", "Tests pass: 12 of 14"},
		{"description", "compass: north2, trespass: no1"},
		{"description", "La clave: comunicar pronto"},
		{"description", "mysql -u root -p orders"},
		{"description", "mysql --port=3306 -h db -P 3307"},
		{"description", "パスワード: {{ secrets.db }}"},
		{"", base64.StdEncoding.EncodeToString([]byte("{\"type\": \"button\", \"text\": \"Open the runbook of the gateway\"}"))},
		{"text", "\u200bwith zero\u200bwidth spaces\ufeff and nothing else"},
	}
}

func TestFindSecrets(t *testing.T) {
	t.Parallel()
	for _, s := range secrets() {
		found := secret.Find(s.name, s.text)
		if len(found) == 0 {
			t.Errorf("%s = %q: not found", s.name, s.text)
		}
		for _, f := range found {
			if f.Start < 0 || f.End > len(s.text) || f.Start >= f.End || f.Rule == "" {
				t.Errorf("%s = %q: odd finding %+v", s.name, s.text, f)
			}
		}
	}
}

func TestFindNothing(t *testing.T) {
	t.Parallel()
	for _, s := range harmless() {
		for _, f := range secret.Find(s.name, s.text) {
			t.Errorf("%s = %q: taken for %s at %q", s.name, s.text, f.Rule, s.text[f.Start:f.End])
		}
	}
}

// TestSecretsInsideTexts puts each credential into the middle of a long text.
func TestSecretsInsideTexts(t *testing.T) {
	t.Parallel()
	prose := strings.Repeat("When the API of the gateway is slow, look at the dashboards first.\n", 40)
	for _, s := range secrets() {
		if s.name != "" || strings.HasPrefix(s.text, "curl") {
			continue
		}
		if len(secret.Find("description", prose+s.text+"\n"+prose)) == 0 {
			t.Errorf("%q: not found inside a text", s.text)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	token := "gh" + "p_" + word(36)
	got := secret.Mask("deploy with " + token + " and " + token + ", please")
	if want := "deploy with [secret] and [secret], please"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := secret.Mask("nothing here"); got != "nothing here" {
		t.Errorf("got %q", got)
	}
}

// TestTimeIsLinear holds that a long text full of keywords takes about as much longer as it is
// longer.
func TestTimeIsLinear(t *testing.T) {
	t.Parallel()
	unit := "password token secret api key aws https://a:b?key= bearer auth 0123456789abcdef ey sk " + word(20) + "\n"
	took := func(n int) time.Duration {
		text := strings.Repeat(unit, n)
		best := time.Hour
		for range 3 {
			start := time.Now()
			secret.Find("description", text)
			best = min(best, time.Since(start))
		}
		return best
	}
	took(10)
	short, long := took(20), took(200)
	if long > 40*short+50*time.Millisecond {
		t.Errorf("%d bytes take %v, ten times as many take %v", 20*len(unit), short, long)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range append(secrets(), harmless()...) {
		f.Add(s.name, s.text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if len(text) > 20_000 {
			text = text[:20_000]
		}
		for _, s := range secret.Find(name, text) {
			if s.Start < 0 || s.Start > s.End || s.End > len(text) {
				t.Fatalf("finding %+v outside of %d bytes", s, len(text))
			}
		}
		secret.Mask(text)
	})
}

// BenchmarkFind judges the texts of 1,000 objects with 20 texts each.
func BenchmarkFind(b *testing.B) {
	var texts []sample
	for len(texts) < 20_000 {
		texts = append(texts, harmless()...)
	}
	texts = texts[:20_000]
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range texts {
			secret.Find(s.name, s.text)
		}
	}
}

// The rules are for source code. In what people write, other things come right behind a token.
func TestFindBeforePunctuation(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"sk" + "_live_" + word(24), "gh" + "p_" + word(36), "AK" + "IA" + made(3, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "SG" + "." + word(22) + "." + word(43)} {
		for _, form := range []string{
			"the key (%) of it", "<code>%</code>", "use %, please", "it is %. Keep it", "%: for the pager", "[%]", "{%}",
			"https://example.com/in/%&x=1", "%|old", `line %\n`, "is it %?",
		} {
			if said := secret.Mask(strings.Replace(form, "%", token, 1)); strings.Contains(said, token) {
				t.Errorf("%q stays in %q", token[:8], said)
			}
		}
	}
}
