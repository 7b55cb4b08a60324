package lab

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultSlackToken is the bot token the lab's Slack accepts unless Config says otherwise.
const DefaultSlackToken = "xoxb-lab"

const maxPosts = 5_000

// Post is one message in the lab's chat. It is a copy.
type Post struct {
	Channel string `json:"channel"` // with #
	TS      string `json:"ts"`
	// Thread is the TS of the message it answers.
	Thread string `json:"thread_ts,omitempty"`
	// Text is what a notification shows, Blocks what stands in the channel, a line for each text.
	Text   string   `json:"text"`
	Blocks []string `json:"blocks"`
	// N is what our side calls it, from its metadata.
	N string `json:"n,omitempty"`
	// Edits counts how often it was changed.
	Edits int       `json:"edits,omitempty"`
	At    time.Time `json:"at"`

	id       string // of the channel
	metadata json.RawMessage
}

// slackError is a refusal in Slack's words, which come with status 200.
func slackError(code string) answer {
	return answer{status: http.StatusOK, body: map[string]any{"ok": false, "error": code}}
}

// slackTrouble is what Slack says when it cannot do its work.
func slackTrouble(status int) answer {
	switch status {
	case http.StatusTooManyRequests:
		return answer{status, map[string]string{"Retry-After": "1"}, map[string]any{"ok": false, "error": "ratelimited"}}
	case http.StatusUnauthorized:
		return slackError("invalid_auth")
	case http.StatusInternalServerError:
		return slackError("internal_error")
	}
	return answer{status, nil, map[string]any{"ok": false, "error": "service_unavailable"}}
}

// slackRoutes serves the few methods that a notifier needs; all others are unknown to it.
func (l *Lab) slackRoutes() http.Handler {
	mux := http.NewServeMux()
	for name, method := range map[string]struct {
		do    func(*http.Request, bool) answer
		sends bool
	}{
		"auth.test":             {l.slackSelf, false},
		"chat.postMessage":      {l.slackPost, true},
		"chat.update":           {l.slackUpdate, true},
		"conversations.history": {l.slackHistory, false},
		"conversations.replies": {l.slackReplies, false},
		"conversations.list":    {l.slackChannels, false},
	} {
		mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) {
			token := r.Form.Get("token")
			if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
				token = bearer
			}
			if subtle.ConstantTimeCompare([]byte(token), []byte(l.cfg.SlackToken)) != 1 {
				slackError("invalid_auth").write(w)
				return
			}
			l.serve(w, r, ChannelChat, method.sends, method.do, slackTrouble)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { slackError("unknown_method").write(w) })
	return mux
}

func (l *Lab) slackSelf(*http.Request, bool) answer {
	return answer{status: http.StatusOK, body: map[string]any{"ok": true, "team": "lab", "user": "stormbell", "team_id": "TLAB", "user_id": "ULAB", "bot_id": "BLAB"}}
}

// channelID is the id of a channel that was given by its name or id. Every channel there can be
// is there.
func channelID(channel string) string {
	if name, named := strings.CutPrefix(channel, "#"); named {
		return "C" + strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(name))
	}
	return channel
}

func (l *Lab) slackPost(r *http.Request, _ bool) answer {
	channel := r.Form.Get("channel")
	if channel == "" || channel == "#gone" {
		return slackError("channel_not_found")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	post := &Post{Channel: channel, id: channelID(channel), Thread: r.Form.Get("thread_ts"), At: l.cfg.Now()}
	if post.Thread != "" {
		if _, ok := l.posts.get(post.id + post.Thread); !ok {
			return slackError("thread_not_found")
		}
	}
	if refused := post.take(r); refused != "" {
		return slackError(refused)
	}
	post.TS = fmt.Sprintf("%d.%06d", post.At.Unix(), l.revision) // the revision is a key nobody else can have
	l.posts.add(post.id+post.TS, post, len(post.Text))
	l.touch()
	return post.answer()
}

func (l *Lab) slackUpdate(r *http.Request, _ bool) answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	post, ok := l.posts.get(r.Form.Get("channel") + r.Form.Get("ts"))
	if !ok {
		return slackError("message_not_found")
	}
	changed := *post
	if refused := changed.take(r); refused != "" {
		return slackError(refused)
	}
	*post = changed
	post.Edits++
	l.touch()
	return post.answer()
}

func (p *Post) answer() answer {
	return answer{status: http.StatusOK, body: map[string]any{"ok": true, "channel": p.id, "ts": p.TS, "message": p.message()}}
}

func (p *Post) message() map[string]any {
	m := map[string]any{"type": "message", "bot_id": "BLAB", "ts": p.TS, "text": p.Text}
	if p.Thread != "" {
		m["thread_ts"] = p.Thread
	}
	if len(p.metadata) > 0 {
		m["metadata"] = p.metadata
	}
	return m
}

// Slack's limits in characters.
const (
	maxSlackText    = 40_000
	maxSlackSection = 3000
	maxSlackBlocks  = 50
)

type slackText struct{ Type, Text string }

// take takes over what a request says, or names what Slack refuses about it.
func (p *Post) take(r *http.Request) (refused string) {
	var blocks []struct {
		Type     string
		Text     *slackText
		Elements []slackText
	}
	text, raw, metadata := r.Form.Get("text"), r.Form.Get("blocks"), r.Form.Get("metadata")
	switch {
	case text == "" && raw == "":
		return "no_text"
	case len([]rune(text)) > maxSlackText:
		return "msg_too_long"
	case raw != "" && (json.Unmarshal([]byte(raw), &blocks) != nil || len(blocks) > maxSlackBlocks):
		return "invalid_blocks"
	}
	p.Text, p.Blocks = text, nil
	for _, b := range blocks {
		texts := b.Elements
		if b.Text != nil {
			texts = append([]slackText{*b.Text}, texts...)
		}
		for _, t := range texts {
			if n := len([]rune(t.Text)); n == 0 || n > maxSlackSection {
				return "invalid_blocks"
			}
			p.Blocks = append(p.Blocks, t.Text)
		}
	}
	if metadata == "" {
		return ""
	}
	var known struct {
		EventType string         `json:"event_type"`
		Payload   map[string]any `json:"event_payload"`
	}
	if json.Unmarshal([]byte(metadata), &known) != nil || known.EventType == "" {
		return "invalid_metadata_format"
	}
	p.N, _ = known.Payload["n"].(string)
	p.metadata = json.RawMessage(metadata)
	return ""
}

func (l *Lab) slackHistory(r *http.Request, _ bool) answer {
	return l.slackPage(r, func(p *Post) bool { return p.Thread == "" })
}

func (l *Lab) slackReplies(r *http.Request, _ bool) answer {
	root := r.Form.Get("ts")
	return l.slackPage(r, func(p *Post) bool { return p.TS == root || p.Thread == root })
}

// slackPage answers a page of a channel, newest first. The cursor is how many were seen before.
func (l *Lab) slackPage(r *http.Request, wanted func(*Post) bool) answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	oldest, _ := strconv.ParseFloat(r.Form.Get("oldest"), 64)
	limit, _ := strconv.Atoi(r.Form.Get("limit"))
	seen, _ := strconv.Atoi(r.Form.Get("cursor"))
	if limit <= 0 || limit > 999 {
		limit = 100
	}
	var found []map[string]any
	for p := range l.posts.newest {
		ts, _ := strconv.ParseFloat(p.TS, 64)
		lags := l.cfg.Now().Sub(p.At) < time.Duration(l.carrier.ListLagMS)*time.Millisecond
		if p.id == r.Form.Get("channel") && ts >= oldest && wanted(p) && !lags {
			found = append(found, p.message())
		}
	}
	page := found[min(seen, len(found)):min(seen+limit, len(found))]
	body := map[string]any{"ok": true, "messages": slices.Concat([]map[string]any{}, page), "has_more": seen+limit < len(found)}
	if seen+limit < len(found) {
		body["response_metadata"] = map[string]any{"next_cursor": strconv.Itoa(seen + limit)}
	}
	return answer{status: http.StatusOK, body: body}
}

func (l *Lab) slackChannels(*http.Request, bool) answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := []string{l.cfg.SlackChannel}
	for p := range l.posts.each {
		if strings.HasPrefix(p.Channel, "#") && !slices.Contains(names, p.Channel) {
			names = append(names, p.Channel)
		}
	}
	channels := []map[string]any{}
	for _, name := range names {
		channels = append(channels, map[string]any{"id": channelID(name), "name": strings.TrimPrefix(name, "#"), "is_channel": true})
	}
	return answer{status: http.StatusOK, body: map[string]any{"ok": true, "channels": channels}}
}

// Posts are all messages in the chat, oldest first.
func (l *Lab) Posts() []Post {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := []Post{}
	for p := range l.posts.each {
		all = append(all, *p)
	}
	return all
}
