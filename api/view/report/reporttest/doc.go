// Package reporttest has one crafted night with everything in it that a report can show: backups,
// voicemail, a promise that was late, a text agreed on beforehand, an objection, tasks that ran
// over. Tests of the report and of its page share it. Only tests import it.
package reporttest
