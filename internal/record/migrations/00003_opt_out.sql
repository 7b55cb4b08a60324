-- Which phone has said STOP to which sender number, and the inbox item that said so last. A
-- channel is a digest of both numbers, because the record holds no telephone numbers.

-- +goose Up
CREATE TABLE opt_outs (
    channel TEXT    PRIMARY KEY,
    stopped INTEGER NOT NULL,
    item    BIGINT  NOT NULL,
    at      BIGINT  NOT NULL
);
