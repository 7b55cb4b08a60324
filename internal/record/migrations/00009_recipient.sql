-- Who gets a message: lists of recipients, each named by what is in it and never changed. The
-- sends of one request share its name, because a provider takes a request as a whole: a word on
-- one of them is proof for all.

-- +goose Up
CREATE TABLE recipient_lists (
    list       TEXT    PRIMARY KEY,
    size       INTEGER NOT NULL,
    created_at BIGINT  NOT NULL
);
CREATE TABLE recipients (
    list     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    channel  TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    language TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    shared   INTEGER NOT NULL,
    PRIMARY KEY (list, position)
);
ALTER TABLE deliveries ADD COLUMN list TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN request TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_recipient ON deliveries (workflow, recipient) WHERE recipient > 0;
CREATE INDEX deliveries_unproven ON deliveries (request) WHERE request <> '' AND state IN ('attempting', 'unknown');
CREATE INDEX deliveries_under_way ON deliveries (incident, updated_at) WHERE purpose = 'update' AND state = 'attempting';
