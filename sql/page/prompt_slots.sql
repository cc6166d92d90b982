-- Answers: what became of each slot of some prompts ($asked) in some weeks, and what did each
--   labeler read in its picture?
-- Grain: slot; none of a model's week that is withheld. Of a conversation only what came after its first
--   turn.
-- Columns: suite_major is the highest that the model was asked in those weeks; labeler, labeler_version:
--   whose readings of the model's week count; attempt: the one that brought the picture; place: of the
--   picture in a random order that is another one each week of an edition; readings: one {labeler,
--   labeler_version, attributes, found} for each labeler, its values in the order of the attributes;
--   image_sha256: NULL of a picture that was removed.
-- Weeks: own
-- Depends on: slots, slot_outcomes, plans, prompts, attempts, labels, attribute_values, withheld, removals
-- Uses: marts/readings
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

majors AS (
    SELECT
        model, suite,
        max(cast(split_part(suite_version, '.', 1) AS INTEGER)) AS suite_major
    FROM slots
    GROUP BY model, suite
),

chosen AS (
    SELECT
        s.week, s.model, s.slot_key
    FROM slots AS s
    ANTI JOIN hidden USING (week, model)
    WHERE s.prompt IN (SELECT unnest(cast($asked AS VARCHAR[])))
),

drawn AS (
    SELECT
        a.week, a.model, a.slot_key,
        min(a.attempt) AS attempt
    FROM attempts AS a
    SEMI JOIN chosen USING (week, model, slot_key)
    WHERE a.outcome = 'ok'
    GROUP BY a.week, a.model, a.slot_key
),

by_labeler AS (
    SELECT
        b.week, b.model, b.slot_key, b.labeler, b.labeler_version,
        list(b.attribute ORDER BY b.attribute) AS attributes,
        list(b.value ORDER BY b.attribute) AS found
    FROM labels AS b
    SEMI JOIN chosen USING (week, model, slot_key)
    GROUP BY b.week, b.model, b.slot_key, b.labeler, b.labeler_version
),

all_readings AS (
    SELECT
        week, model, slot_key,
        list({
            'labeler': labeler, 'labeler_version': labeler_version, 'attributes': attributes, 'found': found
        } ORDER BY labeler, labeler_version) AS readings
    FROM by_labeler
    GROUP BY week, model, slot_key
)

SELECT
    o.suite, o.suite_major, o.prompt, o.simulated, o.model, o.week, o.series, o.params_hash, o.turn,
    o.slot_key, o.outcome, o.outcome_group,
    CASE WHEN gone.slot_key IS NULL THEN o.image_sha256 END AS image_sha256,
    o.image_ext, drawn.attempt, versions.labeler, versions.labeler_version, r.readings,
    md5($week || coalesce(o.image_sha256, '') || o.slot_key) AS place
FROM slot_outcomes AS o
INNER JOIN majors USING (model, suite, suite_major)
INNER JOIN prompts AS p
    ON
        o.week = p.week AND o.model = p.model AND o.suite = p.suite AND o.suite_major = p.suite_major
        AND o.prompt = p.prompt
LEFT JOIN removals AS gone
    ON o.week = gone.week AND o.model = gone.model AND o.slot_key = gone.slot_key
LEFT JOIN drawn
    ON o.week = drawn.week AND o.model = drawn.model AND o.slot_key = drawn.slot_key
LEFT JOIN versions
    ON o.week = versions.week AND o.model = versions.model
LEFT JOIN all_readings AS r
    ON o.week = r.week AND o.model = r.model AND o.slot_key = r.slot_key
SEMI JOIN chosen ON o.week = chosen.week AND o.model = chosen.model AND o.slot_key = chosen.slot_key
WHERE p.turns = 1 OR o.turn > 1
ORDER BY o.prompt ASC, o.simulated ASC, o.model ASC, o.week DESC, place ASC
