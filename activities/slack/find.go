package slack

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

// eventType names our metadata at a message.
const eventType = "stormbell_delivery"

// Bounds of a look-up: what is further away is not found, and the error says so.
const (
	pageSize = 200
	maxPages = 10
)

// Find looks for a message by its delivery id, among those posted since then. Not found is an
// answer; an error means that Slack could not tell.
func (c *Client) Find(ctx context.Context, m Message, since time.Time) (provider.Result, bool, error) {
	var channel, thread string
	var err error
	if m.Thread != "" {
		channel, thread, err = splitID(m.Thread)
	} else {
		channel, err = c.channel(ctx, m.Channel)
	}
	if err != nil {
		return provider.Result{}, false, err
	}
	oldest := strconv.FormatInt(since.Unix(), 10) + ".000000"
	cursor := ""
	for range maxPages {
		var found []api.Message
		if found, cursor, err = c.page(ctx, channel, thread, oldest, cursor); err != nil {
			return provider.Result{}, false, err
		}
		for _, one := range found {
			if one.Metadata.EventType == eventType && one.Metadata.EventPayload["n"] == m.N {
				return provider.Result{Outcome: delivery.Outcome{State: delivery.Accepted, ProviderID: channel + idSeparator + one.Timestamp}}, true, nil
			}
		}
		if cursor == "" {
			return provider.Result{}, false, nil
		}
	}
	return provider.Result{}, false, fmt.Errorf("slack: the message is not among the newest %d; look for it by hand", pageSize*maxPages)
}

// page reads one page of a channel, or of a thread in it.
func (c *Client) page(ctx context.Context, channel, thread, oldest, cursor string) (found []api.Message, next string, err error) {
	x := c.line.Exchange(ctx)
	if thread != "" {
		found, _, next, err = c.sdk(x).GetConversationRepliesContext(ctx, &api.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: pageSize, IncludeAllMetadata: true,
		})
	} else {
		var page *api.GetConversationHistoryResponse
		if page, err = c.sdk(x).GetConversationHistoryContext(ctx, &api.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: oldest, Cursor: cursor, Limit: pageSize, IncludeAllMetadata: true,
		}); err == nil {
			found, next = page.Messages, page.ResponseMetaData.NextCursor
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("slack cannot be asked for its messages: %s", outcome(x, err).Code)
	}
	return found, next, nil
}

// channel is the id of a channel, which look-ups need and posts do not.
func (c *Client) channel(ctx context.Context, name string) (string, error) {
	bare, named := strings.CutPrefix(name, "#")
	if !named {
		return name, nil
	}
	if id, ok := c.channels.Load(bare); ok {
		return id.(string), nil
	}
	cursor := ""
	for range maxPages {
		x := c.line.Exchange(ctx)
		all, next, err := c.sdk(x).GetConversationsContext(ctx, &api.GetConversationsParameters{
			Cursor: cursor, Limit: 5 * pageSize, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"},
		})
		if err != nil {
			return "", fmt.Errorf("slack cannot be asked for its channels: %s", outcome(x, err).Code)
		}
		for _, one := range all {
			if one.Name == bare {
				c.channels.Store(bare, one.ID)
				return one.ID, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return "", fmt.Errorf("slack has no channel of that name which our app can see; write its id into the plan")
}
