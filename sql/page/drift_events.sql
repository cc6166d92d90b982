-- Answers: which changes of series were opened up to a week, and what are the changed prompts about?
-- Grain: that of drift_events.
-- Columns: those of drift_events; subjects: of the changed prompts, each once; asked: those prompts; their
--   kind is in kind.
-- Depends on: drift_events, prompts
SELECT
    drift_events.week, drift_events.model, drift_events.simulated, drift_events.suite,
    drift_events.suite_major, drift_events.condition, drift_events.attribute, drift_events.metric,
    drift_events.value_name, drift_events.kind, drift_events.params_hash, drift_events.turn,
    drift_events.labeler_version, drift_events.scale, drift_events.started_week, drift_events.changed_prompts,
    drift_events.changed_week, drift_events.earliest_week, drift_events.latest_week,
    drift_events.before_share, drift_events.after_share, drift_events.change,
    drift_events.change_low, drift_events.change_high, drift_events.before_n, drift_events.after_n,
    drift_events.log10_e,
    drift_events.cells, drift_events.changed_cells, drift_events.suite_changed,
    drift_events.labeler_changed, drift_events.labeler_moved_share, drift_events.model_version_changed,
    drift_events.completeness_changed, drift_events.models_at_once, drift_events.models_compared,
    (
        SELECT list(DISTINCT prompts.subject ORDER BY prompts.subject)
        FROM prompts
        WHERE
            prompts.week = drift_events.week
            AND prompts.model = drift_events.model
            AND prompts.suite = drift_events.suite
            AND list_contains(string_split(drift_events.changed_prompts, ','), prompts.prompt)
    ) AS subjects,
    (
        SELECT
            list(
                { 'prompt': prompts.prompt, 'text': prompts.text, 'language': prompts.language }
                ORDER BY prompts.prompt
            )
        FROM prompts
        WHERE
            prompts.week = drift_events.week
            AND prompts.model = drift_events.model
            AND prompts.suite = drift_events.suite
            AND list_contains(string_split(drift_events.changed_prompts, ','), prompts.prompt)
    ) AS asked
FROM drift_events
WHERE drift_events.week <= cast($week AS DATE)
ORDER BY ALL
