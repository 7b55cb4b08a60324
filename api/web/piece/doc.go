// Package piece is what several pages show in the same way: a message with its gates, the company's
// criteria, and the briefing. Each is a value on a sheet, with its template in page/.
//
// It decides nothing; what may be done with a piece follows from the read models. Start with letter.go.
package piece
