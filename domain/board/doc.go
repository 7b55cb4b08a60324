// Package board is what every audience is owed: one message in every phase or a recorded
// decision against it, in the plan's order (R84–R90), and the promise that every sent message
// makes (R155). The business incident and the small one both keep a Board. It decides by the
// Hand it is given and must not import anything but the standard library and its neighbours
// in domain. Start with Board.
package board
