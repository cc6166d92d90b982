-- Answers: Which windows of labels end with each week, and what did their weeks, and the quiet ones before,
--   show? Steps of the audit queries that name this text under "Uses", after those of read_from_labels.
-- Grain: windows: week, model, suite, suite_major, condition, turn, attribute; weekly: the same × week ×
--   prompt × value, of the twelve weeks through the window's last without an opened change between.
-- Columns: of windows: id; board (alike for what is compared); first_week, quiet_from; of weekly: id; seen:
--   the week; x of n pictures; pooled: whether it is of the window.
-- Depends on: counted, cells, plans, prompt_attributes, withheld, drift_events
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

here AS (
    SELECT DISTINCT
        cells.week, cells.model, plans.series, plans.params_hash, plans.track, plans.simulated, cells.suite,
        cells.suite_major, cells.condition, cells.turn, cells.attribute, cells.scale, cells.labeler_version
    FROM cells
    INNER JOIN plans USING (week, model)
    ANTI JOIN hidden USING (week, model)
    WHERE cells.standing
),

begun AS (
    SELECT
        here.*,
        max(greatest(coalesce(drift_events.changed_week, here.week - 77), here.week - 77)) AS quiet_from
    FROM here
    LEFT JOIN drift_events
        ON
            here.model = drift_events.model
            AND here.series = drift_events.series
            AND here.params_hash = drift_events.params_hash
            AND here.suite = drift_events.suite
            AND here.suite_major = drift_events.suite_major
            AND here.condition = drift_events.condition
            AND here.turn = drift_events.turn
            AND here.attribute = drift_events.attribute
            AND here.labeler_version = drift_events.labeler_version
            AND drift_events.metric = 'share'
            AND here.week >= drift_events.week
    GROUP BY ALL
),

windows AS (
    SELECT
        *,
        greatest(week - 21, quiet_from) AS first_week,
        hash(week, model, suite, suite_major, condition, turn, attribute, scale) AS id,
        hash(week, track, simulated, suite, suite_major, condition, turn, attribute, scale) AS board
    FROM begun
),

weekly AS (
    SELECT
        windows.id,
        counted.week AS seen,
        counted.prompt,
        counted.subject,
        counted.value,
        counted.x,
        counted.n,
        counted.week >= windows.first_week AS pooled
    FROM windows
    INNER JOIN counted
        ON
            windows.model = counted.model
            AND windows.suite = counted.suite
            AND windows.suite_major = counted.suite_major
            AND windows.condition = counted.condition
            AND windows.turn = counted.turn
            AND windows.attribute = counted.attribute
            AND windows.labeler_version = counted.labeler_version
            AND windows.quiet_from <= counted.week
            AND windows.week >= counted.week
    INNER JOIN plans
        ON
            counted.week = plans.week
            AND counted.model = plans.model
            AND windows.series = plans.series
            AND windows.params_hash = plans.params_hash
    INNER JOIN prompt_attributes
        ON
            windows.week = prompt_attributes.week
            AND windows.model = prompt_attributes.model
            AND windows.suite = prompt_attributes.suite
            AND windows.suite_major = prompt_attributes.suite_major
            AND windows.attribute = prompt_attributes.attribute
            AND counted.prompt = prompt_attributes.prompt
    LEFT JOIN hidden ON counted.week = hidden.week AND counted.model = hidden.model
    WHERE counted.standing AND counted.n > 0 AND hidden.model IS NULL
)

SELECT * FROM weekly
