-- One file for SQLite and PostgreSQL. Times are microseconds since 1970 (0 = never),
-- flags are 0 or 1, documents are JSON text. There is no way down: a newer schema is left
-- by restoring a backup.

-- +goose Up
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('inbox', 0);

CREATE TABLE incidents (
    number         INTEGER PRIMARY KEY,
    year           INTEGER NOT NULL,
    title          TEXT    NOT NULL,
    phase          TEXT    NOT NULL DEFAULT '',
    phase_revision BIGINT  NOT NULL DEFAULT 0,
    mode           TEXT    NOT NULL DEFAULT '',
    mode_at        BIGINT  NOT NULL DEFAULT 0,
    severity       TEXT    NOT NULL DEFAULT '',
    score          INTEGER NOT NULL DEFAULT 0,
    opened_at      BIGINT  NOT NULL,
    closed_at      BIGINT  NOT NULL DEFAULT 0,
    head           BIGINT  NOT NULL DEFAULT 0,
    head_hash      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX incidents_open ON incidents (number) WHERE closed_at = 0;
CREATE INDEX incidents_mode ON incidents (mode_at) WHERE mode_at > 0;

-- What is known of each dedup key. A released key no longer belongs to an open incident.
CREATE TABLE alert_keys (
    source     TEXT    NOT NULL,
    dedup_key  TEXT    NOT NULL,
    incident   INTEGER NOT NULL,
    year       INTEGER NOT NULL,
    released   INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    severity   TEXT    NOT NULL,
    visibility TEXT    NOT NULL,
    impact     TEXT    NOT NULL,
    link       TEXT    NOT NULL,
    unreadable INTEGER NOT NULL,
    started_at BIGINT  NOT NULL,
    last_at    BIGINT  NOT NULL,
    times      BIGINT  NOT NULL,
    handed     BIGINT  NOT NULL,
    PRIMARY KEY (source, dedup_key)
);
CREATE INDEX alert_keys_incident ON alert_keys (incident);
CREATE INDEX alert_keys_repeated ON alert_keys (incident) WHERE times > handed AND released = 0;

-- State changes that wait for the pump: at most one per key and status, however often it flaps.
CREATE TABLE alert_changes (
    incident  INTEGER NOT NULL,
    source    TEXT    NOT NULL,
    dedup_key TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    id        BIGINT  NOT NULL,
    since     BIGINT  NOT NULL,
    PRIMARY KEY (incident, source, dedup_key, status)
);
CREATE UNIQUE INDEX alert_changes_id ON alert_changes (id);
CREATE INDEX alert_changes_turn ON alert_changes (source, since, incident);

-- The pump's bookkeeping, one row per open incident.
CREATE TABLE alert_queue (
    incident    INTEGER PRIMARY KEY,
    opened      INTEGER NOT NULL,
    handed_at   BIGINT  NOT NULL DEFAULT 0,
    claim       TEXT    NOT NULL DEFAULT '',
    claim_until BIGINT  NOT NULL DEFAULT 0
);

CREATE TABLE inbox_items (
    id          BIGINT  PRIMARY KEY,
    kind        TEXT    NOT NULL,
    item_key    TEXT    NOT NULL,
    lane        INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    owner       TEXT    NOT NULL DEFAULT '',
    claim_until BIGINT  NOT NULL DEFAULT 0,
    done_at     BIGINT  NOT NULL DEFAULT 0,
    UNIQUE (kind, item_key)
);
CREATE INDEX inbox_items_waiting ON inbox_items (lane, id) WHERE done_at = 0;
CREATE INDEX inbox_items_done ON inbox_items (done_at) WHERE done_at > 0;

CREATE TABLE timeline (
    incident INTEGER NOT NULL,
    position BIGINT  NOT NULL,
    workflow TEXT    NOT NULL,
    run      TEXT    NOT NULL,
    seq      BIGINT  NOT NULL,
    at       BIGINT  NOT NULL,
    kind     TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    sentence TEXT    NOT NULL,
    data     TEXT    NOT NULL,
    hash     TEXT    NOT NULL,
    PRIMARY KEY (incident, position),
    UNIQUE (workflow, run, seq)
);

CREATE TABLE snapshots (
    workflow TEXT    PRIMARY KEY,
    run      TEXT    NOT NULL,
    incident INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    revision BIGINT  NOT NULL,
    at       BIGINT  NOT NULL,
    ended    INTEGER NOT NULL,
    body     TEXT    NOT NULL
);
CREATE INDEX snapshots_incident ON snapshots (incident);

CREATE TABLE asks (
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
    PRIMARY KEY (workflow, id)
);
CREATE UNIQUE INDEX asks_letter ON asks (person, letter) WHERE closed_at = 0;
CREATE INDEX asks_person ON asks (person, opened_at);
CREATE INDEX asks_incident ON asks (incident) WHERE closed_at = 0;

CREATE TABLE deliveries (
    n                  TEXT    PRIMARY KEY,
    incident           INTEGER NOT NULL,
    workflow           TEXT    NOT NULL,
    step               TEXT    NOT NULL,
    person             TEXT    NOT NULL,
    recipient          INTEGER NOT NULL,
    channel            TEXT    NOT NULL,
    purpose            TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    class              TEXT    NOT NULL DEFAULT '',
    code               TEXT    NOT NULL DEFAULT '',
    provider_id        TEXT    NOT NULL DEFAULT '',
    attempts           INTEGER NOT NULL,
    possible_duplicate INTEGER NOT NULL DEFAULT 0,
    created_at         BIGINT  NOT NULL,
    updated_at         BIGINT  NOT NULL
);
CREATE INDEX deliveries_incident ON deliveries (incident, created_at);
CREATE INDEX deliveries_workflow ON deliveries (workflow, created_at);
CREATE INDEX deliveries_provider ON deliveries (provider_id) WHERE provider_id <> '';

CREATE TABLE links (
    token      TEXT    PRIMARY KEY,
    incident   INTEGER NOT NULL,
    person     TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    revoked_at BIGINT  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX links_current ON links (incident, person) WHERE revoked_at = 0;

CREATE TABLE plans (
    hash TEXT   PRIMARY KEY,
    body TEXT   NOT NULL,
    at   BIGINT NOT NULL
);

CREATE TABLE overrides (
    role      TEXT   NOT NULL,
    person    TEXT   NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    why       TEXT   NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (role, person, starts_at, ends_at)
);
CREATE INDEX overrides_ends ON overrides (ends_at);

CREATE TABLE publications (
    id          TEXT    PRIMARY KEY,
    incident    INTEGER NOT NULL,
    phase       TEXT    NOT NULL,
    audience    TEXT    NOT NULL,
    texts       TEXT    NOT NULL,
    next_update BIGINT  NOT NULL,
    at          BIGINT  NOT NULL
);
CREATE INDEX publications_incident ON publications (incident, at);
