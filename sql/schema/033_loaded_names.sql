-- What it makes: the name of the manifest that was loaded, so that the next one is asked for, and none is listed.
-- Grain: that of loads.
ALTER TABLE loads ADD COLUMN manifest VARCHAR;
COMMENT ON COLUMN loads.manifest IS
'run time: key of the manifest that was loaded; NULL if there was none, or an earlier version loaded it';
