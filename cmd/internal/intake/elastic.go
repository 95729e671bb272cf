package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

const (
	elasticEntries = 1000
	elasticBytes   = 5 << 20
	elasticLargest = 100 << 20 // http.max_content_length
	elasticID      = 512       // bytes of an _id; a longer one fails the whole request
)

// elasticShape writes documents with the event's id as theirs, so that sending one again creates no second
// one in an index.
func elasticShape(p *place) (shape, error) {
	p.format = audit.FormatECS
	user := p.settings.Get("user")
	switch {
	case strings.Trim(p.url.Path, "/") == "":
		return shape{}, hint.With(errors.New("the index is missing"), "write elastic://HOST/INDEX; a data stream is named like an index")
	case user != "":
		if err := p.need("the password of " + user); err != nil {
			return shape{}, err
		}
		p.header.Set("Authorization", basic(user, p.credential))
	case p.credential != "":
		p.header.Set("Authorization", "ApiKey "+strings.TrimSpace(strings.TrimPrefix(p.credential, "ApiKey ")))
	}
	if _, _, err := net.SplitHostPort(p.url.Host); err != nil {
		p.url.Host += ":9200"
	}
	p.url.Path = strings.TrimRight(p.url.Path, "/") + "/_bulk"
	return shape{
		contentType: "application/x-ndjson", entries: elasticEntries, bytes: elasticBytes, packed: true,
		wrap: elasticWrap, unfit: elasticUnfit, body: lines, read: elasticRead,
	}, nil
}

type elasticAction struct {
	Create struct {
		ID string `json:"_id"`
	} `json:"create"`
}

func elasticWrap(e audit.Event, document []byte) ([]byte, error) {
	var a elasticAction
	a.Create.ID = e.ID
	action, err := compact(a)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{action, document}, []byte{'\n'}), nil
}

func elasticUnfit(entry []byte) string {
	action, _, _ := bytes.Cut(entry, []byte{'\n'})
	var a elasticAction
	if json.Unmarshal(action, &a) == nil && len(a.Create.ID) > elasticID {
		return fmt.Sprintf("its id has %d bytes, and an _id takes %d", len(a.Create.ID), elasticID)
	}
	return larger(elasticLargest)(entry)
}

type elasticAnswer struct {
	Items []map[string]elasticItem `json:"items"`
}

type elasticItem struct {
	Status int `json:"status"`
	Error  struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	} `json:"error"`
}

// elasticRead reads what became of each entry. A conflict of a create says that the document exists.
func elasticRead(a answer) verdict {
	if a.status != http.StatusOK {
		v := judge(a)
		if a.status == http.StatusNotFound {
			v.err = hint.With(v.err, "check the name of the index; the events wait on disk")
		}
		return v
	}
	var said elasticAnswer
	if err := json.Unmarshal(a.body, &said); err != nil || len(said.Items) != a.entries {
		return verdict{err: hint.With(fmt.Errorf("the answer has %d of %d entries", len(said.Items), a.entries),
			"the address is not that of Elasticsearch or OpenSearch, or a proxy cuts its answers; the events wait on disk"), again: err != nil}
	}
	v := verdict{Receipt: auditcopy.Receipt{Rejected: map[int]string{}}}
	waiting := 0
	for i, fields := range said.Items {
		item := fields["create"]
		switch code := item.Status; {
		case code >= 200 && code < 300, code == http.StatusConflict:
			v.Taken = append(v.Taken, i)
		case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
			v.Rejected[i] = quoted(fmt.Sprintf("%d %s: %s", code, item.Error.Type, item.Error.Reason))
		default:
			waiting++
			v.again = v.again || code == http.StatusTooManyRequests || code >= 500
			v.err = hint.With(errors.New(quoted(fmt.Sprintf("%d entries wait, the last since: %d %s: %s", waiting, code, item.Error.Type, item.Error.Reason))),
				"the events wait on disk, and the next run sends them; 403 and 404 are about the rights of the key and the index")
		}
	}
	if len(v.Taken)+len(v.Rejected) > 0 {
		v.err = nil // the queue sends the rest
	}
	return v
}
