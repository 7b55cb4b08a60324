// Package intake takes alerts from monitoring tools. It reads just enough of each sender's
// format to know which alert is meant, puts it into the record's inbox and answers; all
// else happens behind the inbox. What cannot be read but came with a valid key or token
// pages people all the same: silence is the one wrong answer. Nothing in an alert is
// trusted; its words are cleaned here and encoded again wherever they are shown. It must
// not import workflows/client: alerts are accepted while Temporal is down. Start with
// Register; each sender has a file.
package intake
