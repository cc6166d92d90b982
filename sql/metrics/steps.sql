-- Answers: how many pictures of one week were read as each step of a scale that is reported in bands?
-- Grain: cell (model × suite × prompt × turn × attribute) × step that was read; without zeros.
-- Columns: those, value (the step) and pictures.
-- Depends on: attribute_values, labels, slots, images
SELECT
    slots.model,
    slots.suite,
    steps.suite_major,
    slots.prompt,
    least(slots.turn, 2) AS turn,
    labels.attribute,
    labels.labeler_version,
    labels.value,
    count(*) AS pictures
FROM attribute_values AS steps
INNER JOIN labels
    ON
        steps.week = labels.week
        AND steps.model = labels.model
        AND steps.attribute = labels.attribute
        AND steps.value = labels.value
INNER JOIN plans
    ON labels.week = plans.week AND labels.model = plans.model AND labels.labeler = plans.labeler
INNER JOIN slots
    ON
        labels.week = slots.week
        AND labels.model = slots.model
        AND labels.slot_key = slots.slot_key
        AND steps.suite = slots.suite
        AND steps.suite_major = cast(split_part(slots.suite_version, '.', 1) AS INTEGER)
SEMI JOIN images
    ON
        labels.week = images.week
        AND labels.model = images.model
        AND labels.slot_key = images.slot_key
WHERE steps.week = cast($week AS DATE) AND steps.band IS NOT NULL AND steps.in_support
GROUP BY ALL
ORDER BY ALL
