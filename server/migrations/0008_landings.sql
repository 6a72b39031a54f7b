-- Clicks that only a page can report, and what messages may say beyond their words. Written for both databases, like 0001.

-- An id in the address that a message leads to, of one message on one device. Only its hash is kept: who reads this table
-- can follow no link with it.
CREATE TABLE landings (
  site       TEXT   NOT NULL,
  id_hash    TEXT   NOT NULL,           -- SHA-256 of the id
  message_id TEXT   NOT NULL,
  device_id  TEXT   NOT NULL,
  user_id    TEXT,                      -- the user that the send was for alone, as in sends
  expires_at BIGINT NOT NULL,           -- 30 days after the message
  spent_by   TEXT,                      -- the id of the report that used it
  PRIMARY KEY (site, id_hash)
);
CREATE INDEX landings_by_device ON landings (site, device_id);
CREATE INDEX landings_by_user ON landings (site, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX landings_by_end ON landings (expires_at);

ALTER TABLE messages ADD COLUMN sensitivity TEXT NOT NULL DEFAULT 'public';  -- or private: only the public words travel
ALTER TABLE messages ADD COLUMN public_title TEXT;
ALTER TABLE messages ADD COLUMN public_body TEXT;
ALTER TABLE messages ADD COLUMN for_page BIGINT NOT NULL DEFAULT 0;          -- 1: a page in front may take it
ALTER TABLE messages ADD COLUMN jitter BIGINT NOT NULL DEFAULT 0;            -- seconds that a receipt may wait
