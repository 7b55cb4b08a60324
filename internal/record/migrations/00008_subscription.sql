-- Who wants updates, where none may go, planned maintenance, and the facts beside a published
-- text. An address stands in subscriptions alone, because somebody has to write to it; elsewhere
-- a destination is a digest of channel and address.

-- +goose Up
CREATE TABLE subscriptions (
    id           TEXT    PRIMARY KEY,
    token        TEXT    NOT NULL UNIQUE,
    channel      TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    destination  TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    service      TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    incident     INTEGER NOT NULL,
    asked_at     BIGINT  NOT NULL,
    asks         INTEGER NOT NULL,
    confirmed_at BIGINT  NOT NULL DEFAULT 0,
    UNIQUE (destination, service, region, incident)
);
CREATE TABLE suppressions (
    destination TEXT    NOT NULL,
    incident    INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    at          BIGINT  NOT NULL,
    PRIMARY KEY (destination, incident, reason)
);
CREATE TABLE destinations (
    destination TEXT   PRIMARY KEY,
    channel     TEXT   NOT NULL,
    token       TEXT   NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL
);
CREATE TABLE maintenance (
    id         TEXT   PRIMARY KEY,
    titles     TEXT   NOT NULL,
    services   TEXT   NOT NULL,
    starts_at  BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL
);
CREATE INDEX maintenance_ends ON maintenance (ends_at);
ALTER TABLE publications ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
