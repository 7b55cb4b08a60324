-- Which ways to a person have been proven to work, the tests that ask for it, and what people
-- have chosen for themselves. A contact is a digest of person, channel and number or address,
-- because the record holds neither; a new number in the plan is another contact.

-- +goose Up
CREATE TABLE contacts (
    contact      TEXT   PRIMARY KEY,
    confirmed_at BIGINT NOT NULL
);
CREATE TABLE contact_tests (
    id           TEXT    PRIMARY KEY,
    person       TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    invites      INTEGER NOT NULL,
    started_at   BIGINT  NOT NULL,
    confirmed_at BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX contact_tests_person ON contact_tests (person, channel, started_at);
CREATE TABLE preferences (
    person    TEXT    PRIMARY KEY,
    language  TEXT    NOT NULL DEFAULT '',
    card_at   BIGINT  NOT NULL DEFAULT 0,
    pin       TEXT    NOT NULL DEFAULT '',
    pin_at    BIGINT  NOT NULL DEFAULT 0,
    pin_wrong INTEGER NOT NULL DEFAULT 0
);
