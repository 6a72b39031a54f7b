-- Written for SQLite and PostgreSQL alike, but for one word: AUTOINCREMENT becomes GENERATED ALWAYS AS IDENTITY.
-- Times are milliseconds since 1970, ids and keys base64url, lists and maps JSON text, flags 0 or 1.

-- One browser profile on one site.
CREATE TABLE devices (
  site         TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  secret_hash  TEXT   NOT NULL,           -- SHA-256 of the bearer secret
  revision     BIGINT NOT NULL,
  permission   TEXT   NOT NULL,
  status       TEXT   NOT NULL,
  reason       TEXT,
  endpoint     TEXT   UNIQUE,             -- these four: all or none; none = not reachable
  p256dh       TEXT,
  auth         TEXT,
  vapid        TEXT,
  topics       TEXT   NOT NULL,
  tags         TEXT   NOT NULL,
  locale       TEXT,
  time_zone    TEXT,
  capabilities TEXT   NOT NULL,
  welcomed_at  BIGINT,                    -- when the first live subscription came
  gone_at      BIGINT,                    -- when the push service said 404 or 410
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,           -- last accepted revision
  seen_at      BIGINT NOT NULL,           -- last PUT of any kind
  PRIMARY KEY (site, id)
);

-- The consent ledger: lines are added, never changed.
CREATE TABLE consents (
  site        TEXT   NOT NULL,
  device_id   TEXT   NOT NULL,
  digest      TEXT   NOT NULL,            -- SHA-256 of the entry, so that a repeated PUT adds no line
  entry       TEXT   NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (site, device_id, digest),
  FOREIGN KEY (site, device_id) REFERENCES devices (site, id)
);

-- What browsers told us, in the order of arrival.
CREATE TABLE reports (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  source      TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  scope       TEXT   NOT NULL,            -- 'message', a device id, or '' when unverified: nobody can take another's ids
  site        TEXT   NOT NULL,
  type        TEXT   NOT NULL,
  device_id   TEXT,                       -- from the token, as is message_id
  message_id  TEXT,
  verified    BIGINT NOT NULL,
  time        BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  data        TEXT,
  UNIQUE (source, id, scope)
);
CREATE INDEX reports_by_trust ON reports (site, verified, received_at);

-- What is said. Equal content is one message, sent many times.
CREATE TABLE messages (
  site       TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  kind       TEXT   NOT NULL,             -- 'welcome'
  title      TEXT   NOT NULL,
  body       TEXT   NOT NULL,
  url        TEXT   NOT NULL,
  icon       TEXT,
  tag        TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (site, id)
);

-- The send queue and its log: one message to one device.
CREATE TABLE sends (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  site        TEXT   NOT NULL,
  message_id  TEXT   NOT NULL,
  device_id   TEXT   NOT NULL,
  state       TEXT   NOT NULL,            -- queued, sent, gone, failed
  attempts    BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  http_status BIGINT,                     -- of the last answer
  code        TEXT,                       -- why it failed, or waits
  created_at  BIGINT NOT NULL,
  done_at     BIGINT,
  UNIQUE (site, message_id, device_id),
  FOREIGN KEY (site, message_id) REFERENCES messages (site, id),
  FOREIGN KEY (site, device_id) REFERENCES devices (site, id)
);
CREATE INDEX sends_due ON sends (state, due_at);
