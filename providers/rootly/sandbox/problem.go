package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

const mediaType = "application/vnd.api+json"

// A problem is an error as JSON:API answers it.
type problem struct {
	status int
	detail string
}

func (p *problem) Error() string { return p.detail }

func failf(status int, format string, args ...any) *problem {
	return &problem{status, fmt.Sprintf(format, args...)}
}

type problemItem struct {
	Title  string  `json:"title"`
	Status string  `json:"status"`
	Code   *string `json:"code"`
	Detail string  `json:"detail"`
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter) {
	var doc struct {
		Errors [1]problemItem `json:"errors"`
	}
	doc.Errors[0] = problemItem{
		Title:  http.StatusText(p.status),
		Status: strconv.Itoa(p.status),
		Detail: p.detail,
	}
	body, _ := json.Marshal(doc) // strings only: cannot fail
	answer(w, p.status, body)
}

// answer writes a whole body.
func answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; nobody is left to tell
}
