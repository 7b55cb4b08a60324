package web

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/sheet"
)

// feedPosts is how many updates a feed has.
const feedPosts = 50

// news are the latest updates of all incidents, newest first.
func news(status view.Status) (posts []view.Post) {
	for _, t := range slices.Concat(status.Current, status.Earlier) {
		posts = append(posts, t.Posts...)
	}
	slices.SortStableFunc(posts, func(a, b view.Post) int { return b.At.Compare(a.At) })
	return posts[:min(len(posts), feedPosts)]
}

// feedID names an update for ever, whatever address we have.
func feedID(id string) string { return "urn:stormbell:" + id }

// changed is when the newest part of a feed was written.
func changed(status view.Status, posts []view.Post) time.Time {
	if len(posts) == 0 {
		return status.AsOf.UTC()
	}
	return posts[0].At.UTC()
}

type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Link    []atomLink  `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Content atomText `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Lang string `xml:"xml:lang,attr"`
	Text string `xml:",chardata"`
}

func atomFeed(s *sheet.Sheet, status view.Status) ([]byte, error) {
	posts, home := news(status), s.Plan().Company.URL
	feed := atom{
		Lang: s.Lang, ID: feedID("status"), Title: s.T("status.name", "Company", s.Plan().Company.Name), Author: s.Plan().Company.Name,
		Updated: changed(status, posts).Format(time.RFC3339),
		Link:    []atomLink{{"self", home + "/status.atom"}, {"alternate", home + "/status"}},
	}
	for _, p := range posts {
		text := s.Text(p)
		feed.Entries = append(feed.Entries, atomEntry{
			ID: feedID(p.ID), Title: text.Subject, Updated: p.At.UTC().Format(time.RFC3339), Link: atomLink{"alternate", home + "/status"},
			Content: atomText{Type: "text", Lang: text.Language, Text: text.Body},
		})
	}
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the atom feed: %w", err)
	}
	return bytes.Map(sheet.Visible, append([]byte(xml.Header), body...)), nil
}

// jsonFeed is the status page for programs, as a JSON Feed 1.1 with everything the page shows.
func jsonFeed(s *sheet.Sheet, status view.Status) ([]byte, error) {
	type item struct {
		ID       string    `json:"id"`
		URL      string    `json:"url"`
		Title    string    `json:"title"`
		Content  string    `json:"content_text"`
		Date     time.Time `json:"date_published"`
		Language string    `json:"language"`
	}
	home := s.Plan().Company.URL
	feed := struct {
		Version  string      `json:"version"`
		Title    string      `json:"title"`
		Home     string      `json:"home_page_url"`
		URL      string      `json:"feed_url"`
		Language string      `json:"language"`
		Items    []item      `json:"items"`
		Status   view.Status `json:"_stormbell"`
	}{"https://jsonfeed.org/version/1.1", s.T("status.name", "Company", s.Plan().Company.Name), home + "/status", home + "/status.json", s.Lang, []item{}, status}
	for _, p := range news(status) {
		text := s.Text(p)
		feed.Items = append(feed.Items, item{feedID(p.ID), home + "/status", text.Subject, text.Body, p.At.UTC(), text.Language})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	if err := e.Encode(feed); err != nil {
		return nil, fmt.Errorf("write the json feed: %w", err)
	}
	return b.Bytes(), nil
}

// showFeed answers with one of the feeds.
func (p *Pages) showFeed(mediaType string, write func(*sheet.Sheet, view.Status) ([]byte, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !p.admitted(c) {
			problem.Write(c.Writer, c.Request, problem.New(problem.Unauthorized, "this status page wants people to sign in; programs use GET /api/v1/status with a token"))
			return
		}
		status, _, err := p.status(c.Request.Context())
		if err != nil {
			sheet.Fail(c, err)
			return
		}
		body, err := write(p.press.Sheet(c, sheet.PageStyle), status)
		if err != nil {
			sheet.Fail(c, err)
			return
		}
		p.cache(c)
		c.Data(http.StatusOK, mediaType+"; charset=utf-8", body)
	}
}
