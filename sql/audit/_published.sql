-- Answers: Which critical value and worth are published beside each figure? Steps of the audit queries of
--   figures: all else they compute from labels.
-- Grain: published: board, model, prompt, labeler, labeler_version.
-- Columns: board: as of drawn and compared; worth, critical: as published.
-- Depends on: figures
WITH
published AS (
    SELECT
        struct_pack(
            week := week,
            study := study,
            track := track,
            simulated := simulated,
            suite := suite,
            suite_major := suite_major,
            condition := condition,
            turn := turn,
            reader := CASE WHEN study IS NOT NULL THEN labeler || ' ' || labeler_version END,
            selection := selection,
            attribute := attribute,
            figure := figure,
            value := value,
            yardstick := yardstick
        ) AS board,
        model, prompt, labeler, labeler_version, worth, critical
    FROM figures
)

SELECT * FROM published
