// Package browser is what tests look at pages with: a headless Chromium, tabs in a language, a
// colour scheme and a width, clicks where a finger would land, and Check, which holds a page
// against what every page of ours must be. It knows nothing of Stormbell and must never be
// imported by anything but tests. Start with Start.
//
// axe.min.js is axe-core 4.14.1 as its makers publish it, under the Mozilla Public License 2.0
// (axe.LICENSE); it is put into pages under test and into nothing that is shipped.
package browser
