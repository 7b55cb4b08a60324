// Package reply says what a person meant who typed a text message or pressed keys. The
// codes are the same on both: 1 I take it, 2 pass to my backup, 3 connect me, 4 done, 5
// and more are minutes, * repeat. A number or a handset proves little, so there is no
// reply that approves or publishes anything. It must not import anything but the standard
// library. Start with Parse.
package reply
