// Stormbell is the production program: it serves the API and the pages, runs the workers
// against any Temporal cluster, checks response plans and exports the record of an incident.
package main
