-- Who is signed in. Of a session only the hash of its token is here; content is what the sign-in
-- brought. Guests are those who signed in without being on the plan: the timeline names them by id.

-- +goose Up
CREATE TABLE sessions (
    token      TEXT   PRIMARY KEY,
    subject    TEXT   NOT NULL,
    content    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_subject ON sessions (subject);
CREATE TABLE guests (
    id    TEXT   PRIMARY KEY,
    name  TEXT   NOT NULL,
    email TEXT   NOT NULL,
    at    BIGINT NOT NULL
);
