DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_catalogue_item ON catalogue_item USING gin (search_key gin_trgm_ops); END IF; END $$
