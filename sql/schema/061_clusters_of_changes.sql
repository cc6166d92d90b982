-- What it makes: how many of the pictures that changes are looked for in count as one, where some were drawn
--   together.
-- Grain: that of drift_counts. All weeks are scored anew, since many figures count such pictures in another
--   way now.

ALTER TABLE drift_counts ADD COLUMN effect DOUBLE;

COMMENT ON COLUMN drift_counts.effect IS
'run time: design effect of the pictures of the cell in the week; NULL: none were drawn together';

DELETE FROM scored_weeks;
DELETE FROM history_weeks;
