-- A register that did not change is not old: when its publisher was asked and had nothing newer, that is kept as well.

CREATE TABLE registers.confirmations (
    version      integer     NOT NULL REFERENCES registers.versions,
    confirmed_on date        NOT NULL,
    confirmed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (version, confirmed_on)
);

GRANT SELECT ON registers.confirmations TO accord_reader;
