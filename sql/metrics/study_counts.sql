-- Answers: how many pictures of a study were read as each value, in every cell and by every labeler?
-- Grain: cell (model × condition × prompt × attribute × labeler version) × value, zeros included.
-- Columns: keys of the cell, subject of the prompt, position in the declared order, value, in_support,
--   pictures; of the cell answers, its slots, and unseen: those that show no value of the support, without a
--   picture or label among them.
-- Depends on: study_cell_counts
SELECT
    model, condition, prompt, subject, attribute, labeler, labeler_version, position, value, in_support,
    pictures,
    cast(coalesce(sum(pictures) FILTER (WHERE NOT in_support) OVER cell, 0) AS INTEGER) AS unseen,
    cast(sum(pictures) OVER cell AS INTEGER) AS answers
FROM study_cell_counts
WHERE study = $study
WINDOW cell AS (PARTITION BY condition, attribute, labeler, labeler_version, model, prompt)
QUALIFY value <> 'missing'
ORDER BY ALL
