-- What it makes: which pictures were drawn together: by one job or call, or from one seed.
-- Grain: stated at the table. Imports of before recorded no cluster: those of Midjourney have the number of
-- their job in that of the request, and the seed where one was written.

CREATE TABLE clusters (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    cluster VARCHAR NOT NULL
);

COMMENT ON TABLE clusters IS
'One row for each picture that was drawn by a job or call, or from a seed, that may have drawn others: those
of one cluster are not independent. A picture without a row is its own.
Grain: week, model, slot_key.';
COMMENT ON COLUMN clusters.week IS 'identity: Monday of the week in which the picture was asked for';
COMMENT ON COLUMN clusters.model IS 'identity: name of the model entry';
COMMENT ON COLUMN clusters.slot_key IS 'identity: the slot that the picture answers';
COMMENT ON COLUMN clusters.cluster IS 'identity: the job, call or seed';

INSERT INTO clusters
SELECT
    drawn.week, drawn.model, drawn.slot_key, drawn.cluster
FROM (
    SELECT
        week, model, slot_key, image_sha256,
        coalesce('seed ' || seed, nullif(regexp_extract(request_id, '^(.+)_[0-9]+$', 1), '')) AS cluster
    FROM attempts
    WHERE provider = 'midjourney' AND outcome = 'ok'
) AS drawn
SEMI JOIN images USING (week, model, slot_key, image_sha256)
WHERE drawn.cluster IS NOT NULL;
