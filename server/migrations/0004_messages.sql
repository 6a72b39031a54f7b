-- What the admin API sends and shows. Written for both databases, like 0001.

-- Members of a message beyond those of the welcome.
ALTER TABLE messages ADD COLUMN extras TEXT NOT NULL DEFAULT '{}';           -- image, badge, actions …: JSON as in the payload
ALTER TABLE messages ADD COLUMN urgency TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE messages ADD COLUMN collapse TEXT;                               -- the push service's Topic header
ALTER TABLE messages ADD COLUMN ttl BIGINT NOT NULL DEFAULT 86400;           -- seconds
ALTER TABLE messages ADD COLUMN personal BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN campaign TEXT;
ALTER TABLE messages ADD COLUMN variant TEXT;
UPDATE messages SET urgency = 'high', collapse = 'welcome' WHERE kind = 'welcome';
CREATE INDEX messages_by_creation ON messages (site, created_at);

-- The answer to an Idempotency-Key: the same key with the same body gets it again.
CREATE TABLE answers (
  site       TEXT   NOT NULL,
  key        TEXT   NOT NULL,
  digest     TEXT   NOT NULL,           -- SHA-256 of the body
  answer     TEXT   NOT NULL,           -- JSON
  created_at BIGINT NOT NULL,
  PRIMARY KEY (site, key)
);

CREATE INDEX devices_by_creation ON devices (site, created_at);
CREATE INDEX devices_by_presence ON devices (site, seen_at);

-- The funnel counts by type and prompt variant from the index alone.
ALTER TABLE reports ADD COLUMN variant TEXT;
DROP INDEX reports_by_trust;
CREATE INDEX reports_by_trust ON reports (site, verified, received_at, type, variant);
CREATE INDEX reports_by_site ON reports (site, seq);
CREATE INDEX reports_by_message ON reports (site, message_id, type) WHERE message_id IS NOT NULL;
CREATE INDEX sends_by_message ON sends (site, message_id, state, code);
CREATE INDEX sends_by_end ON sends (site, state, done_at) WHERE done_at IS NOT NULL;
