-- Sends are taken in lots. While one is taken it carries the lot's random id, so that a server that owns its database
-- knows at its start what a killed one left behind.
ALTER TABLE sends ADD COLUMN lot TEXT;
