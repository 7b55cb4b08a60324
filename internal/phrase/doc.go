// Package phrase turns facts into words: a notice becomes a text message, a spoken text or
// a mail, in the language of the person who gets it; a template of the plan becomes a
// message. The words themselves are in active.en.toml and active.de.toml, and every one of
// them is in testdata/texts.golden for reading.
//
// What comes from an alert or a reply is never trusted here: it is cleaned before it is
// used, and the way out (GSM-7, html/template, a header) encodes once more. The package
// sends nothing and must not import any provider, workflow or the API. Start with Words.
package phrase
