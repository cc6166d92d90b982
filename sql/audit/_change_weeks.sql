-- Answers: Which weeks does each reported change compare, of its model and of those beside it? Steps of
--   the audit query of changes; they need readings and begun.
-- Grain: leveled: board, model, drawn, prompt.
-- Columns: board: the series and its date, as reported; nth: weeks of the model's own before the newest,
--   from 1; k of n pictures; w: part of a prompt in its week; off: share less the prompt's own mean;
--   late, early: of which level.
-- Depends on: changes, plans, withheld
WITH
events AS (
    SELECT
        struct_pack(
            week := week,
            model := model,
            track := track,
            simulated := simulated,
            suite := suite,
            suite_major := suite_major,
            condition := condition,
            turn := turn,
            prompt := prompt,
            attribute := attribute,
            labeler := labeler,
            labeler_version := labeler_version,
            value := value,
            changed_week := changed_week
        ) AS board
    FROM changes
),

-- weeks of each planned model since its own last change that was reported before
own AS (
    SELECT
        events.board, planned.model, planned_labelers.labeler, planned_labelers.labeler_version,
        before.week AS drawn
    FROM events
    INNER JOIN plans AS planned
        ON
            events.board.week = planned.week
            AND events.board.track = planned.track
            AND events.board.simulated = planned.simulated
    INNER JOIN planned_labelers USING (week, model, labeler)
    INNER JOIN plans AS before
        ON
            planned.model = before.model
            AND planned.series = before.series
            AND planned.params_hash = before.params_hash
            AND before.week BETWEEN planned.week - 7 * 77 AND planned.week
    ANTI JOIN withheld ON before.week = withheld.week AND before.model = withheld.model
    ANTI JOIN begun
        ON
            planned.model = begun.model
            AND coalesce(events.board.attribute, '') = begun.attribute
            AND cast(events.board.week AS VARCHAR) > begun.reported
            AND cast(before.week AS VARCHAR) < begun.first
),

prompts_read AS (
    SELECT
        own.board, own.model, own.drawn, seen.prompt,
        count(*) FILTER (WHERE list_contains(string_split(own.board.value, '+'), seen.shown)) AS k,
        count(*) AS n
    FROM own
    INNER JOIN seen
        ON
            cast(own.drawn AS VARCHAR) = seen.occasion
            AND own.model = seen.model
            AND own.board.suite = seen.suite
            AND own.board.suite_major = seen.suite_major
            AND own.board.condition = seen.condition
            AND own.board.turn = seen.turn
            AND coalesce(own.board.attribute, '') = seen.attribute
            AND coalesce(seen.labeler, own.labeler) = own.labeler
            AND coalesce(seen.labeler_version, own.labeler_version) = own.labeler_version
            AND coalesce(own.board.prompt, seen.prompt) = seen.prompt
    WHERE seen.shown IS NOT NULL
    GROUP BY own.board, own.model, own.drawn, seen.prompt
),

-- the newest 39 weeks of models that were asked in the newest
numbered AS (
    SELECT
        *,
        dense_rank() OVER (
            PARTITION BY board, model ORDER BY drawn DESC
        ) AS nth,
        1 / count(*) OVER (PARTITION BY board, model, drawn) AS w
    FROM prompts_read
    QUALIFY
        nth <= 39
        AND max(drawn) OVER (PARTITION BY board, model)
        = board['week']
),

splits AS (
    SELECT
        numbered.board,
        max(numbered.nth) AS late
    FROM numbered
    WHERE numbered.model = numbered.board.model AND numbered.drawn >= numbered.board.changed_week
    GROUP BY numbered.board
),

leveled AS (
    SELECT
        numbered.*,
        numbered.k / numbered.n
        - avg(numbered.k / numbered.n) OVER (
            PARTITION BY numbered.board, numbered.model, numbered.prompt
        ) AS off,
        numbered.nth <= splits.late AS late,
        numbered.nth > splits.late AND numbered.nth <= splits.late + 26 AS early
    FROM numbered
    INNER JOIN splits USING (board)
)

SELECT * FROM leveled
