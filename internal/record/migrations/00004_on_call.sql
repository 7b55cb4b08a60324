-- Overrides get a number to be named by, and who added and who ended them. Nothing about them
-- is ever removed: one that ended early keeps who did it, when and why. SQLite cannot change a
-- primary key, so the table is made anew.
--
-- Calendar links are secret addresses under which a calendar program reads a role's or a
-- person's shifts. Imports are the last good copies of calendars kept elsewhere.

-- +goose Up
CREATE TABLE overrides_by_number (
    id        INTEGER PRIMARY KEY,
    role      TEXT    NOT NULL,
    person    TEXT    NOT NULL,
    starts_at BIGINT  NOT NULL,
    ends_at   BIGINT  NOT NULL,
    why       TEXT    NOT NULL,
    added_at  BIGINT  NOT NULL,
    added_by  TEXT    NOT NULL DEFAULT '',
    ended_at  BIGINT  NOT NULL DEFAULT 0,
    ended_by  TEXT    NOT NULL DEFAULT '',
    ended_why TEXT    NOT NULL DEFAULT ''
);
INSERT INTO overrides_by_number (id, role, person, starts_at, ends_at, why, added_at)
    SELECT row_number() OVER (ORDER BY added_at, role, person, starts_at, ends_at), role, person, starts_at, ends_at, why, added_at FROM overrides;
DROP TABLE overrides;
ALTER TABLE overrides_by_number RENAME TO overrides;
CREATE UNIQUE INDEX overrides_same ON overrides (role, person, starts_at, ends_at) WHERE ended_at = 0;
CREATE INDEX overrides_ends ON overrides (ends_at);

CREATE TABLE calendar_links (
    token      TEXT   PRIMARY KEY,
    role       TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    revoked_at BIGINT NOT NULL DEFAULT 0,
    revoked_by TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX calendar_links_current ON calendar_links (role, person) WHERE revoked_at = 0;

CREATE TABLE imports (
    source   TEXT   PRIMARY KEY,
    body     TEXT   NOT NULL DEFAULT '',
    etag     TEXT   NOT NULL DEFAULT '',
    modified TEXT   NOT NULL DEFAULT '',
    read_at  BIGINT NOT NULL DEFAULT 0,
    tried_at BIGINT NOT NULL,
    trouble  TEXT   NOT NULL DEFAULT ''
);
