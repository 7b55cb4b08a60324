// Package bearer reads the secret that a request presents and compares it in constant time.
// It must not import anything else of api. Its two functions are in bearer.go.
package bearer
