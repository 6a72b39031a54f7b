-- Whose a report is, and quicker ways to what is one person's. Written for both databases, like 0001.

-- The user that the device had when the report came: what it says is none of the next user's business.
ALTER TABLE reports ADD COLUMN user_id TEXT;
CREATE INDEX reports_by_user ON reports (site, user_id, seq) WHERE user_id IS NOT NULL;

-- SQLite would read the whole ledger of a site for the lines of one device: only an index in their order stops it.
CREATE INDEX consent_entries_by_device ON consent_entries (site, device_id, seq) WHERE device_id IS NOT NULL;
-- And all earlier users of a site for those of one, unless the index has everything that is asked for.
DROP INDEX earlier_users_by_user;
CREATE INDEX earlier_users_by_user ON earlier_users (site, user_id, device_id, seen_at);
