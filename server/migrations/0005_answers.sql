-- Each message with an Idempotency-Key forgets the keys of long ago.
CREATE INDEX answers_by_creation ON answers (site, created_at);
