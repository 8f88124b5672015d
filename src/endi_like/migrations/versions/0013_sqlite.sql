CREATE TRIGGER administration_change_no_update BEFORE UPDATE ON administration_change WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'administration_change cannot be changed'); END
CREATE TRIGGER administration_change_no_delete BEFORE DELETE ON administration_change WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'administration_change cannot be changed'); END
