-- What the company's chat shows of an incident, and what other systems were told. One worker at a
-- time may touch a chat message (busy_until); an event keeps its words, so that it can be told
-- again just as it was.

-- +goose Up
CREATE TABLE chats (
    incident    INTEGER PRIMARY KEY,
    message     TEXT    NOT NULL DEFAULT '',
    subject     TEXT    NOT NULL DEFAULT '',
    next_update BIGINT  NOT NULL DEFAULT 0,
    said_at     BIGINT  NOT NULL DEFAULT 0,
    busy_until  BIGINT  NOT NULL DEFAULT 0
);
CREATE TABLE hook_events (
    n        TEXT    PRIMARY KEY,
    hook     TEXT    NOT NULL,
    incident INTEGER NOT NULL,
    audience TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    release  INTEGER NOT NULL,
    at       BIGINT  NOT NULL,
    media    TEXT    NOT NULL,
    body     TEXT    NOT NULL
);
CREATE INDEX hook_events_order ON hook_events (hook, incident, audience, at);
CREATE INDEX deliveries_hook ON deliveries (step, created_at) WHERE channel = 'webhook';
