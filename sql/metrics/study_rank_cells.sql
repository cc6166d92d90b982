-- Answers: of how many pictures are the figures of a study made that its models are compared by?
-- Grain: cell (model × condition × prompt × attribute × labeler version) × value of the support, zeros
--   included.
-- Columns: keys of the cell, position in the declared order, in_support: true, pictures; unseen of the cell:
--   slots that show no value of the support, those without a picture or label among them.
-- Depends on: study_cell_counts
SELECT
    condition, attribute, labeler, labeler_version, model, prompt,
    cast(
        coalesce(
            sum(pictures) FILTER (WHERE NOT in_support) OVER (
                PARTITION BY condition, attribute, labeler, labeler_version, model, prompt
            ),
            0
        ) AS BIGINT
    ) AS unseen,
    position, value, in_support, pictures
FROM study_cell_counts
WHERE study = $study
QUALIFY in_support
ORDER BY ALL
