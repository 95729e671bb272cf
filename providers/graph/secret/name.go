package secret

import "bytes"

// A class says what a name implies about its text.
type class uint8

const (
	classPlain    class = iota // nothing
	classHint                  // it may be a credential, if it looks random
	classCritical              // it is a credential, unless it is a reference or no value at all
)

// critical are the last words of names of credentials, alone or after the word before.
var critical = map[string]bool{
	"password": true, "passwd": true, "passwort": true, "kennwort": true, "contrasena": true, "senha": true, "motdepasse": true, "mdp": true, "pwd": true, "passphrase": true, "passcode": true,
	"secret": true, "token": true, "apikey": true, "apitoken": true, "accesstoken": true, "authtoken": true,
	"secretkey": true, "accesskey": true, "privatekey": true, "clientsecret": true, "authkey": true,
	"credential": true, "credentials": true, "creds": true, "authorization": true, "bearer": true,
	"cookie": true, "jwt": true, "dsn": true,
	"api key": true, "access key": true, "secret key": true, "private key": true, "signing key": true,
	"encryption key": true, "auth key": true, "account key": true, "shared key": true, "license key": true,
	"service key": true, "routing key": true, "integration key": true, "application key": true,
	"app key": true, "master key": true, "genie key": true, "ssh key": true, "webhook key": true,
	"connection string": true, "basic auth": true, "session id": true,
	"smtp pass": true, "mail pass": true, "db pass": true, "otp": true, "totp": true, "otp seed": true, "totp seed": true, "mfa seed": true,
	"recovery codes": true, "backup codes": true, "recovery code": true, "backup code": true,
}

// hints are words that may be part of the name of a credential.
var hints = map[string]bool{
	"auth": true, "authentication": true, "key": true, "keys": true, "sig": true, "signature": true,
	"hmac": true, "tokens": true, "secrets": true, "passwords": true, "cookies": true, "session": true,
	"oauth": true, "sas": true, "webhook": true,
}

// otherKeys are keys that identify or sort things.
var otherKeys = map[string]bool{
	"base": true, "project": true, "issue": true, "thread": true, "field": true, "solution": true,
	"deduplication": true, "dedup": true, "dedupe": true, "primary": true, "foreign": true, "public": true,
	"sort": true, "idempotency": true, "partition": true, "object": true, "cache": true, "map": true,
	"component": true, "incident": true, "alert": true, "ticket": true, "host": true,
}

// classify says what a name such as "client_secret", "X-Api-Key" or "apiToken" implies.
func classify(name string) class {
	const longest = 100
	if name == "" || len(name) > longest {
		return classPlain
	}
	if isForeign(name) {
		return classCritical
	}
	var space [2 * longest]byte
	text, words := splitName(space[:0], name)
	if words == 0 {
		return classPlain
	}
	last := text[bytes.LastIndexByte(text, ' ')+1:]
	pair := text
	before := text[:0]
	if words > 1 {
		rest := text[:len(text)-len(last)-1]
		before = rest[bytes.LastIndexByte(rest, ' ')+1:]
		pair = text[len(rest)-len(before):]
	}
	if critical[string(last)] || critical[string(pair)] {
		return classCritical
	}
	if bytes.HasPrefix(last, []byte("key")) && otherKeys[string(before)] {
		return classPlain
	}
	for len(text) > 0 {
		word, rest, _ := bytes.Cut(text, []byte(" "))
		if hints[string(word)] || critical[string(word)] {
			return classHint
		}
		text = rest
	}
	return classPlain
}

// splitName appends the words of a name in lower case, separated by blanks, and counts them. The name may be in snake,
// kebab or camel case. Numbers after the last word are ignored.
func splitName(text []byte, name string) (words []byte, n int) {
	inWord := false
	for i := range len(name) {
		c := name[i]
		if !isLetter(c) {
			inWord = false
			continue
		}
		if inWord && isUpper(c) && (!isUpper(name[i-1]) || i+1 < len(name) && isLower(name[i+1])) {
			inWord = false
		}
		if !inWord {
			if n > 0 {
				text = append(text, ' ')
			}
			n, inWord = n+1, true
		}
		if isUpper(c) {
			c += 'a' - 'A'
		}
		text = append(text, c)
	}
	return text, n
}

// harmless headers describe the format, not the sender.
var harmlessHeaders = map[string]bool{
	"accept": true, "accept-charset": true, "accept-encoding": true, "accept-language": true,
	"cache-control": true, "connection": true, "content-encoding": true, "content-language": true,
	"content-length": true, "content-type": true, "date": true, "expect": true, "host": true,
	"origin": true, "pragma": true, "prefer": true, "referer": true, "user-agent": true,
	"x-github-api-version": true, "x-requested-with": true, "notion-version": true,
	"anthropic-version": true, "traceparent": true, "idempotency-key": true,
}

func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isLetter(c byte) bool { return isUpper(c) || isLower(c) }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
