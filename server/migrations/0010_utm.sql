-- By what a site's own statistics know where a visit came from. Written for both databases, like 0001.

ALTER TABLE messages ADD COLUMN utm TEXT;  -- utm_source=…&utm_medium=…, as it stands in a query
