package secret

import "strings"

// A class says what a name tells of the text that stands under it.
type class uint8

const (
	classPlain    class = iota // nothing
	classHint                  // it may be a credential, if it looks random
	classCritical              // it is a credential, unless it is a reference or no value at all
)

// critical are the words that a credential's name ends with, alone or after the word before it.
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
}

// hints are the words that may be part of a credential's name.
var hints = map[string]bool{
	"auth": true, "authentication": true, "key": true, "keys": true, "sig": true, "signature": true,
	"hmac": true, "tokens": true, "secrets": true, "passwords": true, "cookies": true, "session": true,
	"oauth": true, "sas": true, "webhook": true,
}

// otherKeys are keys that name or order things.
var otherKeys = map[string]bool{
	"base": true, "project": true, "issue": true, "thread": true, "field": true, "solution": true,
	"deduplication": true, "dedup": true, "dedupe": true, "primary": true, "foreign": true, "public": true,
	"sort": true, "idempotency": true, "partition": true, "object": true, "cache": true, "map": true,
	"component": true, "incident": true, "alert": true, "ticket": true, "host": true,
}

// classify tells what a name such as "client_secret", "X-Api-Key" or "apiToken" promises.
func classify(name string) class {
	if name == "" || len(name) > 100 {
		return classPlain
	}
	if isForeign(name) {
		return classCritical
	}
	words := splitName(name)
	if len(words) == 0 {
		return classPlain
	}
	last := words[len(words)-1]
	before := ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	if critical[last] || critical[before+" "+last] {
		return classCritical
	}
	if strings.HasPrefix(last, "key") && otherKeys[before] {
		return classPlain
	}
	for _, w := range words {
		if hints[w] || critical[w] {
			return classHint
		}
	}
	return classPlain
}

// splitName returns the words of a name in lower case, whether it is written in snake, kebab or
// camel case. Numbers behind the last word do not count.
func splitName(name string) []string {
	var words []string
	start := -1
	flush := func(end int) {
		if start >= 0 {
			words = append(words, strings.ToLower(name[start:end]))
		}
		start = -1
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case !isLetter(c):
			flush(i)
			continue
		case start >= 0 && isUpper(c) && (!isUpper(name[i-1]) || i+1 < len(name) && isLower(name[i+1])):
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(name))
	return words
}

// harmless headers say how to talk, not who is talking.
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
