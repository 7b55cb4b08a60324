// Package api is the HTTP side: Gin on one side, workflows/client and the record on the
// other, and nothing else. It puts the parts together (v1 the JSON API, intake the alerts,
// the carriers' call-backs and the pages, which are given from outside) and holds what all
// requests share: limits, headers, protection against other sites, the access log, and one
// form for every error. It must not import Temporal, activities or worker. Start with New.
package api
