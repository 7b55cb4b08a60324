// Stormbell-solo is all of Stormbell in one process: an embedded Temporal server with its
// UI, the workers, the API, and a phone lab in which every call, text and mail can be seen
// and answered. It is for trying, drills, tests and very small sites.
package main
