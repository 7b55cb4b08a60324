-- A link in a mail is opened and pressed by machines as well, and the address that a mail is
-- answered to opens nothing: each of the three has a token of its own.

-- +goose Up
ALTER TABLE links ADD COLUMN door TEXT NOT NULL DEFAULT 'text';
DROP INDEX links_current;
CREATE UNIQUE INDEX links_current ON links (incident, person, door) WHERE revoked_at = 0;
