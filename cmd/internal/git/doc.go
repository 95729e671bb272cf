// Package git runs git in a directory that may come from anywhere.
//
//	arguments ──► git, without programs that the directory names ──► output
//
// Not here: what is committed, and who the author is; callers decide.
package git
