// Package v1 is the JSON API: resources that the record is read for, and commands that
// workflows decide. Every operation is declared once, with its types, and huma makes the
// validation and the OpenAPI document out of that; testdata/openapi.json is its copy. The
// package translates between HTTP and act and view, and holds no rule of its own. Start
// with Register.
package v1
