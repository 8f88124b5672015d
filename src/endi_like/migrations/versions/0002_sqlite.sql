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
