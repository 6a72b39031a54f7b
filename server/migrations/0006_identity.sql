-- Who used a device before, what visitors agreed to, and what an erasure leaves. Written for both databases, like 0001.

-- Users whose device another one has taken over: suspended there until they prove themselves again.
CREATE TABLE earlier_users (
  site      TEXT   NOT NULL,
  device_id TEXT   NOT NULL,
  user_id   TEXT   NOT NULL,
  seen_at   BIGINT NOT NULL,              -- when that user was here last
  PRIMARY KEY (site, device_id, user_id),
  FOREIGN KEY (site, device_id) REFERENCES devices (site, id)
);
CREATE INDEX earlier_users_by_user ON earlier_users (site, user_id);

-- Until when the visitor wants to hear nothing.
ALTER TABLE devices ADD COLUMN snoozed_until BIGINT;
-- 1: the subscription was made with a key that this server has no more.
ALTER TABLE devices ADD COLUMN vapid_retired BIGINT NOT NULL DEFAULT 0;

-- The consent ledger: lines are added, never changed; an erasure takes the person out of them. The table before had no
-- place for what a line is found by, and no client has written to it.
DROP TABLE consents;
CREATE TABLE consent_entries (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  site        TEXT   NOT NULL,
  device_id   TEXT,                       -- none: erased, as is the user
  id          TEXT   NOT NULL,            -- the entry's own, so that a repeated PUT adds no line
  user_id     TEXT,                       -- whom the device had when the entry came
  channel     TEXT   NOT NULL,
  val         TEXT   NOT NULL,
  time        BIGINT NOT NULL,            -- by the browser's clock, but never after received_at: the latest wins
  entry       TEXT   NOT NULL,            -- JSON, as it came
  privacy     TEXT   NOT NULL,            -- JSON: controller, purposes and link of the settings of that moment
  received_at BIGINT NOT NULL,
  erased_at   BIGINT,
  UNIQUE (site, device_id, id)
);
CREATE INDEX consent_entries_by_site ON consent_entries (site, seq);
CREATE INDEX consent_entries_by_user ON consent_entries (site, user_id) WHERE user_id IS NOT NULL;

-- Devices that were erased, so that their secrets open nothing any more.
CREATE TABLE erased_devices (
  site      TEXT   NOT NULL,
  id_hash   TEXT   NOT NULL,              -- SHA-256 of the id
  erased_at BIGINT NOT NULL,
  PRIMARY KEY (site, id_hash)
);

-- For exports and erasures.
CREATE INDEX reports_by_device ON reports (site, device_id, seq) WHERE device_id IS NOT NULL;
CREATE INDEX sends_by_device ON sends (site, device_id);
CREATE INDEX sends_by_user ON sends (site, user_id) WHERE user_id IS NOT NULL;
