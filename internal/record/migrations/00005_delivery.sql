-- What one person was sent lately bounds what is sent next. A send whose provider has taken
-- it and said no last word is asked for again: asked_at is when it was taken or last asked
-- for (0: there is nothing to ask), polls how often it was asked for. And the pages that are
-- open are found without reading all that ever ended.

-- +goose Up
ALTER TABLE deliveries ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_person ON deliveries (person, created_at) WHERE person <> '';
CREATE INDEX deliveries_asked ON deliveries (asked_at) WHERE asked_at > 0;
CREATE INDEX snapshots_open ON snapshots (kind) WHERE ended = 0;
