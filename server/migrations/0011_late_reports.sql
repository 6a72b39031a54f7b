-- Reports that come late: a browser without network sends them when another uses it. Written for both databases, like
-- 0001.

-- When the last user left, by the server's clock: a report of then or before is not the present user's. None: nobody has
-- left yet; the highest number: while a suspended user is there. Such a report has an empty user_id, which is no user's.
ALTER TABLE devices ADD COLUMN owned_from BIGINT;
