package lab

import (
	"bytes"
	_ "embed"
	"net/http"
	"time"
)

// readTexts notes that the holder of a phone has seen its texts.
func (l *Lab) readTexts(number string) error {
	number, _ = normalNumber(number)
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.phones.get(number); !ok {
		return noPhone
	}
	for m := range l.messages.each {
		if m.To == number && m.Status == MessageDelivered && !m.read {
			m.read = true
			l.touch()
		}
	}
	return nil
}

// readMail notes that the owner of an inbox has opened a mail.
func (l *Lab) readMail(address, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, ok := l.mailOf(address, id)
	if !ok {
		return refuse(http.StatusNotFound, "there is no such mail: look for its id in GET /lab/api/inboxes")
	}
	if !m.read {
		m.read = true
		l.touch()
	}
	return nil
}

// normal lets every phone and the carrier behave as they did at the start.
func (l *Lab) normal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := map[string]Behaviour{}
	for _, p := range l.cfg.Phones {
		first[p.Number] = p.Behaviour
	}
	for p := range l.phones.each {
		does, known := first[p.Number]
		if !known {
			does = Answer
		}
		if p.Behaviour != does {
			l.behaves(p, does)
		}
	}
	l.carrier, l.callbacks = wellCarrier, Callbacks{}
	l.touch()
}

// clear takes what is over off the page. The providers remember it all the same: whoever asks them
// what became of a text must not hear that there was none.
func (l *Lab) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cleared = l.cfg.Now()
	l.touch()
}

//go:embed web/alert.json
var exampleAlert []byte

// sendAlert posts the example alert as Alertmanager would, as if it had fired now.
func (l *Lab) sendAlert() error {
	if l.cfg.AlertURL == "" {
		return refuse(http.StatusConflict, "nobody takes alerts here: the lab was given no address for them")
	}
	body := bytes.ReplaceAll(exampleAlert, []byte("NOW"), []byte(l.cfg.Now().UTC().Format(time.RFC3339)))
	r, err := l.call(http.MethodPost, l.cfg.AlertURL, http.Header{"Content-Type": {"application/json"}}, body)
	if err == nil {
		err = r.err()
	}
	if err != nil {
		return refuse(http.StatusBadGateway, "the alert was not taken: "+err.Error())
	}
	return nil
}
