DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_entity_names_key ON entity USING gin (names_key gin_trgm_ops); END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_address_lines_key ON address USING gin (lines_key gin_trgm_ops); END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_address_city_key ON address USING gin (city_key gin_trgm_ops); END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_address_state_key ON address USING gin (state_key gin_trgm_ops); END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_contact_element_search_key ON contact_element USING gin (search_key gin_trgm_ops); END IF; END $$
DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE INDEX IF NOT EXISTS search_memo_search_key ON memo USING gin (search_key gin_trgm_ops); END IF; END $$
CREATE INDEX IF NOT EXISTS search_address_postal_key ON address (postal_key, entity_id)
CREATE INDEX IF NOT EXISTS search_address_country ON address (country, entity_id)
CREATE INDEX IF NOT EXISTS search_entity_country ON entity (country)
CREATE INDEX IF NOT EXISTS search_entity_stage ON entity (stage)
CREATE INDEX IF NOT EXISTS search_entity_kind ON entity (kind)
CREATE INDEX IF NOT EXISTS search_credit_account_class ON credit_account (class, entity_id)
