DROP TRIGGER field_change_no_update
CREATE TRIGGER field_change_no_update BEFORE UPDATE ON field_change WHEN NOT (NEW.before IS NULL AND NEW.after IS NULL AND NEW.whole IS NULL AND NEW."row" = '' AND (OLD.node_id IN (SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL) OR (OLD.what IN ('entity_link', 'employment', 'credit_account') AND (OLD.node_id IN (SELECT organisation_id FROM entity_link WHERE person_id IN (SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL)) OR OLD.node_id IN (SELECT entity_id FROM employment WHERE manager_id IN (SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL)) OR OLD.node_id IN (SELECT entity_id FROM credit_account WHERE primary_contact_id IN (SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL)))) OR (OLD.field IN ('account_id', 'address') AND OLD.node_id IN (SELECT t.id FROM task t JOIN credit_account a ON a.id = t.account_id WHERE t.validation_status <> 'valid' AND a.entity_id IN (SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL))))) OR OLD."id" IS NOT NEW."id" OR OLD."node_id" IS NOT NEW."node_id" OR OLD."company_id" IS NOT NEW."company_id" OR OLD."actor_id" IS NOT NEW."actor_id" OR OLD."at" IS NOT NEW."at" OR OLD."what" IS NOT NEW."what" OR OLD."field" IS NOT NEW."field" OR OLD."row_id" IS NOT NEW."row_id" BEGIN SELECT RAISE(ABORT, 'field_change cannot be changed'); END
DROP TRIGGER stored_file_no_delete
CREATE TRIGGER stored_file_no_delete BEFORE DELETE ON stored_file WHEN NOT (OLD.purpose = 'attachment' AND OLD.node_id IN (SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'stored_file cannot be changed'); END
CREATE TRIGGER entity_stays_anonymised BEFORE UPDATE ON entity WHEN OLD.anonymised_at IS NOT NULL AND OLD.anonymised_at IS NOT NEW.anonymised_at BEGIN SELECT RAISE(ABORT, 'entity cannot be changed'); END
CREATE VIRTUAL TABLE IF NOT EXISTS search_entity USING fts5(names_key, content='entity', content_rowid='id', tokenize='ascii', prefix='1 2 3', detail=column, columnsize=0)
CREATE TRIGGER search_entity_insert AFTER INSERT ON entity BEGIN INSERT INTO search_entity(rowid, names_key) VALUES (new.id, new.names_key); END
CREATE TRIGGER search_entity_delete AFTER DELETE ON entity BEGIN INSERT INTO search_entity(search_entity, rowid, names_key) VALUES ('delete', old.id, old.names_key); END
CREATE TRIGGER search_entity_update AFTER UPDATE OF names_key ON entity WHEN new.names_key <> old.names_key BEGIN INSERT INTO search_entity(search_entity, rowid, names_key) VALUES ('delete', old.id, old.names_key); INSERT INTO search_entity(rowid, names_key) VALUES (new.id, new.names_key); END
INSERT INTO search_entity(search_entity) VALUES ('rebuild')
CREATE VIRTUAL TABLE IF NOT EXISTS search_address USING fts5(lines_key, city_key, state_key, content='address', content_rowid='id', tokenize='ascii', prefix='1 2 3', detail=column, columnsize=0)
CREATE TRIGGER search_address_insert AFTER INSERT ON address BEGIN INSERT INTO search_address(rowid, lines_key, city_key, state_key) VALUES (new.id, new.lines_key, new.city_key, new.state_key); END
CREATE TRIGGER search_address_delete AFTER DELETE ON address BEGIN INSERT INTO search_address(search_address, rowid, lines_key, city_key, state_key) VALUES ('delete', old.id, old.lines_key, old.city_key, old.state_key); END
CREATE TRIGGER search_address_update AFTER UPDATE OF lines_key, city_key, state_key ON address WHEN new.lines_key <> old.lines_key OR new.city_key <> old.city_key OR new.state_key <> old.state_key BEGIN INSERT INTO search_address(search_address, rowid, lines_key, city_key, state_key) VALUES ('delete', old.id, old.lines_key, old.city_key, old.state_key); INSERT INTO search_address(rowid, lines_key, city_key, state_key) VALUES (new.id, new.lines_key, new.city_key, new.state_key); END
INSERT INTO search_address(search_address) VALUES ('rebuild')
CREATE VIRTUAL TABLE IF NOT EXISTS search_contact_element USING fts5(search_key, content='contact_element', content_rowid='id', tokenize='trigram case_sensitive 1', detail=none, columnsize=0)
CREATE TRIGGER search_contact_element_insert AFTER INSERT ON contact_element BEGIN INSERT INTO search_contact_element(rowid, search_key) VALUES (new.id, new.search_key); END
CREATE TRIGGER search_contact_element_delete AFTER DELETE ON contact_element BEGIN INSERT INTO search_contact_element(search_contact_element, rowid, search_key) VALUES ('delete', old.id, old.search_key); END
CREATE TRIGGER search_contact_element_update AFTER UPDATE OF search_key ON contact_element WHEN new.search_key <> old.search_key BEGIN INSERT INTO search_contact_element(search_contact_element, rowid, search_key) VALUES ('delete', old.id, old.search_key); INSERT INTO search_contact_element(rowid, search_key) VALUES (new.id, new.search_key); END
INSERT INTO search_contact_element(search_contact_element) VALUES ('rebuild')
CREATE VIRTUAL TABLE IF NOT EXISTS search_memo USING fts5(search_key, content='memo', content_rowid='id', tokenize='trigram case_sensitive 1', detail=none, columnsize=0)
CREATE TRIGGER search_memo_insert AFTER INSERT ON memo BEGIN INSERT INTO search_memo(rowid, search_key) VALUES (new.id, new.search_key); END
CREATE TRIGGER search_memo_delete AFTER DELETE ON memo BEGIN INSERT INTO search_memo(search_memo, rowid, search_key) VALUES ('delete', old.id, old.search_key); END
CREATE TRIGGER search_memo_update AFTER UPDATE OF search_key ON memo WHEN new.search_key <> old.search_key BEGIN INSERT INTO search_memo(search_memo, rowid, search_key) VALUES ('delete', old.id, old.search_key); INSERT INTO search_memo(rowid, search_key) VALUES (new.id, new.search_key); END
INSERT INTO search_memo(search_memo) VALUES ('rebuild')
CREATE INDEX IF NOT EXISTS search_address_postal_key ON address (postal_key, entity_id)
CREATE INDEX IF NOT EXISTS search_address_country ON address (country, entity_id)
CREATE INDEX IF NOT EXISTS search_entity_country ON entity (country)
CREATE INDEX IF NOT EXISTS search_entity_stage ON entity (stage)
CREATE INDEX IF NOT EXISTS search_entity_kind ON entity (kind)
CREATE INDEX IF NOT EXISTS search_credit_account_class ON credit_account (class, entity_id)
