-- When each source of alerts was last heard, also when it had nothing to report: whoever connects
-- a tool wants to see that it arrived. And the latest sends to people by a channel are found
-- without reading all that ever went out, for the same reason.

-- +goose Up
CREATE TABLE sources (
    source   TEXT   PRIMARY KEY,
    heard_at BIGINT NOT NULL
);
CREATE INDEX deliveries_lately ON deliveries (channel, created_at) WHERE purpose <> 'update';
