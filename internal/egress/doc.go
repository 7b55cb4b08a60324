// Package egress is where our own requests to addresses that a plan names may go: to the open
// internet, and into a private network only where the plan says so. Every address is judged
// when it is dialled, after its name was looked up, so a name that leads inside is caught as
// well. It must not know who asks or what for. Start with Transport.
package egress
