-- Answers: Which models does each board rank, as published? Steps of the audit queries of ranks: all else
--   they compute from labels.
-- Grain: named_boards: board; members: board, model.
-- Columns: board: as of drawn and compared; labeler, labeler_version, critical: as published.
-- Depends on: boards, board_ranks
WITH
board_names AS (
    SELECT * FROM boards
    UNION ALL BY NAME
    SELECT * EXCLUDE (reason) FROM board_ranks
    WHERE reason IS NULL
),

named_boards AS (
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
            figure := CASE yardstick WHEN 'stereotypes' THEN 'stereotypes' ELSE 'gap' END,
            value := cast(NULL AS VARCHAR),
            yardstick := yardstick
        ) AS board,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version,
        max(critical) AS critical,
        list(model) FILTER (WHERE model IS NOT NULL) AS members
    FROM board_names
    GROUP BY board
),

members AS (
    SELECT
        board,
        unnest(members) AS model
    FROM named_boards
)

SELECT * FROM members
