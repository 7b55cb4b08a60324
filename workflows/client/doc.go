// Package client is the only door from the outside to the workflows: everything that api,
// the inbox's pump and the command line do to an incident goes through it. Commands of
// people are updates and are answered once they are in the record; facts of machines are
// signals and are durable even while no worker runs. Start with Client.
package client
