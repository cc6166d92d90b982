-- Answers: how many pictures of one week were read as each value, in every cell?
-- Grain: cell (model × suite × prompt × turn × attribute × scale) × value, zeros included.
-- Columns: keys of the cell, position in the declared order, value, in_support, pictures.
-- Depends on: cell_counts
SELECT
    model,
    series,
    params_hash,
    track,
    suite,
    suite_major,
    condition,
    prompt,
    turn,
    attribute,
    labeler_version,
    scale,
    coalesce(position, 2147483647) AS position,
    value,
    coalesce(in_support, FALSE) AS in_support,
    pictures
FROM cell_counts
WHERE week = cast($week AS DATE)
ORDER BY ALL
