-- Who uses a device, and which endpoints are dead. Written for both databases, like 0001.

-- The site's own id of the user, proven by a token when it was attached.
ALTER TABLE devices ADD COLUMN user_id TEXT;
-- Since when personal messages may go to the endpoint; none: it changed, and the user has not been proven since.
ALTER TABLE devices ADD COLUMN personal_from BIGINT;
-- SHA-256 of the endpoint that the push service last called gone; a browser that still offers it makes a new one.
ALTER TABLE devices ADD COLUMN gone_endpoint TEXT;
CREATE INDEX devices_by_user ON devices (site, user_id);

-- The user that a personal send is meant for alone; none: whoever uses the device.
ALTER TABLE sends ADD COLUMN user_id TEXT;
