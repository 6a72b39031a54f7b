-- What reports of a type are told apart by, conversions, and what became of each message. Written for both databases,
-- like 0001.

-- The button of a press, the reason of a failure or suppression, the name of a conversion.
ALTER TABLE reports ADD COLUMN detail TEXT;
-- Of a conversion: millionths of the currency, so that sums are exact; the code as in ISO 4217.
ALTER TABLE reports ADD COLUMN amount BIGINT;
ALTER TABLE reports ADD COLUMN currency TEXT;
-- The id of a press ends with its button: two ids of 22 letters, dots, and the type stand before it.
UPDATE reports SET detail = SUBSTR(id, 67) WHERE type = 'notification.action' AND scope = 'message';
-- By the browser's clock, but never after it came: from now on the server stores it so.
UPDATE reports SET time = received_at WHERE time > received_at;

-- Buttons that lead to no page: a press is no click that a purchase could follow.
CREATE TABLE quiet_buttons (
  site       TEXT NOT NULL,
  message_id TEXT NOT NULL,
  action     TEXT NOT NULL,
  PRIMARY KEY (site, message_id, action),
  FOREIGN KEY (site, message_id) REFERENCES messages (site, id) ON DELETE CASCADE
);

-- What became of a message is counted from the index alone, within a time.
DROP INDEX reports_by_message;
CREATE INDEX reports_by_message ON reports (site, message_id, received_at, type, detail) WHERE message_id IS NOT NULL;
DROP INDEX sends_by_message;
CREATE INDEX sends_by_message ON sends (site, message_id, state, done_at, code);

-- Conversions by their arrival, and for each the last click and the last display on its device.
CREATE INDEX reports_by_conversion ON reports (site, verified, received_at) WHERE type = 'conversion';
CREATE INDEX reports_by_click ON reports (site, device_id, time)
  WHERE type IN ('notification.clicked', 'notification.action') AND message_id IS NOT NULL;
CREATE INDEX reports_by_display ON reports (site, device_id, time)
  WHERE type = 'notification.displayed' AND message_id IS NOT NULL;
