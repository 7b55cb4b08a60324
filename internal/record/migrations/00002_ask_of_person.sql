-- An ask that went from one person to another used to forget that the first was asked, and
-- with it the letter of a reply that may still come. SQLite cannot change a primary key, so
-- the table is made anew.

-- +goose Up
CREATE TABLE asks_of_person (
    workflow  TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    incident  INTEGER NOT NULL,
    person    TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    letter    TEXT    NOT NULL,
    opened_at BIGINT  NOT NULL,
    closed_at BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (workflow, id, person)
);
INSERT INTO asks_of_person (workflow, id, incident, person, role, kind, subject, letter, opened_at, closed_at)
    SELECT workflow, id, incident, person, role, kind, subject, letter, opened_at, closed_at FROM asks;
DROP TABLE asks;
ALTER TABLE asks_of_person RENAME TO asks;
CREATE UNIQUE INDEX asks_letter ON asks (person, letter) WHERE closed_at = 0;
CREATE INDEX asks_person ON asks (person, opened_at);
CREATE INDEX asks_closed ON asks (person, closed_at);
CREATE INDEX asks_incident ON asks (incident) WHERE closed_at = 0;
