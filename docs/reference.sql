-- From the labels of an edition to the pictures of each cell: the first part of docs/reference.py, for DuckDB 1.4 and
-- later. Plans, what was declared, who is withheld, and which changes were reported when are as published.
-- A study (somebody else's pictures and labels) is an occasion like a week, a suite of its name, and has no weeks.
CREATE TEMP MACRO head_of(occasion, suite, major, condition, turn) AS
    concat_ws(' ', occasion, suite || '@' || major, condition, if(turn > 1, 'later turn', NULL));
CREATE TEMP MACRO field_of(track, simulated) AS concat_ws(' ', track, if(simulated, 'simulated', NULL));
CREATE TEMP MACRO read_by(study, model, labeler, version) AS
    concat_ws(' ', model, if(study IS NULL, NULL, labeler), if(study IS NULL, NULL, version));
CREATE TEMP TABLE planned AS  -- who reads is planned; of several versions of a labeler the highest counts
    SELECT week, model, series, params_hash, field_of(track, simulated) AS field, labeler,
        coalesce(max_by(labeler_version, (coalesce(try_cast(split_part(labeler_version, '-', 1) AS INTEGER), -1),
            labeler_version)), '') AS version, (week, model) IN (SELECT (w.week, w.model) FROM withheld AS w) AS hidden
    FROM plans LEFT JOIN labels USING (week, model, labeler) GROUP BY ALL;
CREATE TEMP TABLE asked AS  -- what is looked for in the pictures of each prompt that was asked; attribute '': a refusal
    SELECT DISTINCT week, model, suite, suite_major, condition, if(turns > 1, 2, 1) AS turn, prompt, subject,
        unnest([attribute, '']) AS attribute FROM prompts JOIN prompt_attributes USING (week, model, suite, suite_major,
        prompt) SEMI JOIN slots USING (week, model, prompt);
CREATE TEMP TABLE answer AS  -- a slot ends with its first final attempt, else with its last
    WITH ended AS (SELECT week, model, slot_key, coalesce(arg_min(outcome_group, attempt) FILTER (final),
        arg_max(outcome_group, attempt)) AS ended FROM attempts JOIN outcomes USING (outcome) GROUP BY ALL)
    SELECT week, model, suite, suite_major, condition, if(turns > 1, 2, 1) AS turn, prompt,
        min_by(slot_key, slots.turn) FILTER (ended = 'picture') AS slot_key,
        if(bool_or(ended = 'picture'), 'picture', 'refused') AS ended  -- later turns are one answer, the first is none
    FROM slots JOIN prompts USING (week, model, suite, suite_version, prompt) JOIN ended USING (week, model, slot_key)
    WHERE ended IN ('picture', 'refused') AND (turns = 1 OR slots.turn > 1)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, coalesce(conversation, slots.slot_key);
CREATE TEMP TABLE counted AS  -- pictures read as a value that counts, or its band
    SELECT week, model, labeler, labeler_version AS version, suite, suite_major, condition, turn, attribute, prompt,
        coalesce(band, value) AS shown, count(*) AS n FROM answer JOIN labels USING (week, model, slot_key)
    JOIN attribute_values USING (week, model, suite, suite_major, attribute, value) WHERE in_support GROUP BY ALL
    UNION ALL SELECT week, model, '', '', suite, suite_major, condition, turn, '', prompt, ended, count(*)
    FROM answer GROUP BY ALL;
CREATE TEMP TABLE history AS  -- published weeks of the same series up to each week, since the last reported change
    WITH begun AS (SELECT planned.week, model, coalesce(attribute, '') AS attribute, max(changed_week) AS since
        FROM planned JOIN changes USING (model) WHERE changes.week <= planned.week GROUP BY ALL)
    SELECT a.week::VARCHAR AS occasion, a.* EXCLUDE (week),
        head_of(a.week, a.suite, a.suite_major, a.condition, a.turn) AS head, now.field,
        (a.week - old.week) // 7 AS back, shown, coalesce(n, 0) AS n
    FROM asked AS a JOIN planned AS now USING (week, model) JOIN planned AS old USING (model, series, params_hash)
    LEFT JOIN begun USING (week, model, attribute) LEFT JOIN counted AS c ON old.week = c.week AND a.model = c.model AND
        a.suite = c.suite AND a.suite_major = c.suite_major AND a.condition = c.condition AND a.turn = c.turn AND
        a.prompt = c.prompt AND a.attribute = c.attribute AND c.labeler IN (now.labeler, '') AND
        c.version IN (now.version, '') AND old.week >= coalesce(since, old.week) AND NOT now.hidden AND NOT old.hidden
    WHERE back BETWEEN 0 AND 11
    UNION ALL SELECT study, read_by(study, model, labeler, labeler_version), study, 1, condition, 1, prompt, prompt,
        attribute, head_of(study, study, 1, condition, 1), concat_ws(' ', 'study', labeler, labeler_version), 0, shown,
        coalesce(n, 0)
    FROM study_prompts JOIN (SELECT DISTINCT study, attribute, labeler, labeler_version FROM study_labels) USING (study)
    JOIN (SELECT DISTINCT study, model FROM study_slots) USING (study) LEFT JOIN (
        SELECT study, model, condition, prompt, attribute, labeler, labeler_version, value AS shown, count(*) AS n
        FROM study_slots JOIN study_labels USING (study, slot_key)
        JOIN study_attribute_values USING (study, attribute, value)
        WHERE in_support GROUP BY ALL) USING (study, model, condition, prompt, attribute, labeler, labeler_version);
CREATE TEMP TABLE drawn AS  -- of a call's pictures so many count as one; a picture without a call is one
    WITH calls AS (SELECT week, model, suite, suite_major, condition, turn, prompt, count(*) AS n
        FROM answer LEFT JOIN clusters USING (week, model, slot_key) WHERE ended = 'picture'
        GROUP BY 1, 2, 3, 4, 5, 6, 7, coalesce(cluster, slot_key)),
    of_prompts AS (SELECT week, model, suite, suite_major, condition, turn, prompt, max(n) > 1 AS several, sum(n) AS n,
        sum(n * n) AS squares FROM calls GROUP BY ALL)
    SELECT head_of(now.week, suite, suite_major, condition, turn) AS head, model,
        1 + sum(squares - n) FILTER (several) / greatest(sum(n) FILTER (several),
            sum(n) FILTER ((now.week, model, prompt) IN (
            SELECT (asked.week, asked.model, asked.prompt) FROM asked))) AS call
    FROM planned AS now JOIN planned AS old USING (model, series, params_hash) JOIN of_prompts AS o USING (model)
    WHERE o.week = old.week AND now.week - old.week BETWEEN 0 AND 77 AND NOT now.hidden AND NOT old.hidden GROUP BY ALL
    HAVING bool_or(several);
CREATE TEMP TABLE cell AS  -- of which pictures each figure is: v '0' shows it; of a gap v is the value
    WITH listed AS (SELECT DISTINCT week::VARCHAR AS occasion, suite, suite_major, attribute,
            coalesce(band, value) AS value FROM attribute_values WHERE in_support
        UNION SELECT week::VARCHAR, suite, suite_major, '', unnest(['refused', 'picture']) FROM prompts
        UNION SELECT study, study, 1, attribute, value FROM study_attribute_values WHERE in_support),
    picked AS (SELECT *, '' AS kind, '' AS grp FROM listed WHERE value <> 'picture'
        UNION SELECT listed.*, if(side = 'male', 'mostly-men ', 'mostly-women '), subject
        FROM typed_subjects JOIN listed USING (suite, suite_major, attribute, value)
        UNION SELECT study, study, 1, attribute, value, if(side = 'male', 'mostly-men ', 'mostly-women '), prompt
        FROM study_references WHERE side IN ('male', 'female')),
    stated AS (SELECT DISTINCT week::VARCHAR AS occasion, suite, suite_major, attribute, reference,
            prompt AS its, value, expected_share AS q FROM reference_values
        SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference)
        UNION SELECT study, study, 1, attribute, reference, prompt, value, expected_share FROM study_references
        UNION SELECT study, study, 1, attribute, if(count(*) OVER w = 2, 'parity', 'uniform'), NULL, value,
            1 / count(*) OVER w FROM study_attribute_values WHERE in_support AND NOT coalesce(ordinal, false)
        WINDOW w AS (PARTITION BY study, attribute))
    SELECT head, concat_ws(' ', kind || if(attribute = '', 'refused', 'mean_share'), nullif(attribute, ''),
            nullif(value, 'refused')) AS name, field, model, prompt AS cell, grp, if(shown = value, '0', '1') AS v,
        back, 0.0 AS q, many, sum(n) AS n
    FROM history JOIN picked USING (occasion, suite, suite_major, attribute)
    JOIN (SELECT occasion, suite, suite_major, attribute, count(*) AS many FROM listed GROUP BY ALL)
        USING (occasion, suite, suite_major, attribute)
    WHERE grp IN ('', subject) GROUP BY ALL
    UNION ALL SELECT head, if(r.subject = p.subject, 'stereotypes', 'stereotypes_others') || ' stereotypes', field,
        model,concat_ws(' ', prompt, attribute, value, p.subject), concat_ws(' ', attribute, value, p.subject),
        if(shown = value, '0', '1'), back, 0.0, 2, sum(n)
    FROM history AS r JOIN stereotype_pairs AS p USING (suite, suite_major, attribute)
    WHERE statistic IS NULL AND split_part(r.subject, ':', 1) = split_part(p.subject, ':', 1) GROUP BY ALL
    UNION ALL SELECT head, concat_ws(' ', 'gap', reference, attribute), field, model, prompt, '', value, back, q, 0,
        sum(if(shown = value, n, 0)) FROM (FROM history JOIN stated USING (occasion, suite, suite_major, attribute)
        WHERE its = prompt OR its IS NULL
        QUALIFY its IS NOT NULL OR count(its) OVER (PARTITION BY head, model, prompt, attribute, reference) = 0)
    GROUP BY ALL;
CREATE TEMP TABLE moved AS  -- k of n pictures of the series of each reported change, and of models beside it
    SELECT concat_ws(' ', head_of(e.week, e.suite, e.suite_major, e.condition, e.turn), 'change', e.attribute,
            e.value, e.prompt) AS name,
        e.model AS of, (e.week - changed_week) // 7 AS weeks, now.model, c.prompt, (e.week - old.week) // 7 AS back,
        coalesce(sum(n) FILTER (list_contains(string_split(e.value, '+'), shown)), 0) AS k, sum(n) AS n
    FROM changes AS e JOIN planned AS now ON e.week = now.week AND now.field = field_of(e.track, e.simulated)
    JOIN planned AS old ON (now.model, now.series, now.params_hash) = (old.model, old.series, old.params_hash)
    JOIN counted AS c ON old.week = c.week AND now.model = c.model AND e.suite = c.suite
        AND e.suite_major = c.suite_major AND e.condition = c.condition
        AND e.turn = c.turn AND coalesce(e.attribute, '') = c.attribute AND coalesce(e.prompt, c.prompt) = c.prompt
        AND c.labeler IN (now.labeler, '') AND c.version IN (now.version, '')
    WHERE NOT now.hidden AND NOT old.hidden AND back BETWEEN 0 AND 77 AND old.week >= coalesce(
        (SELECT max(changed_week) FROM changes AS x WHERE x.week < e.week AND x.model = now.model
            AND x.attribute IS NOT DISTINCT FROM e.attribute), old.week) GROUP BY ALL;
-- And what is published: of which board, what of it, and its numbers.
CREATE TEMP TABLE published_figures AS
    SELECT concat_ws(' ', head_of(coalesce(study, week::VARCHAR), suite, suite_major, condition, turn),
            concat(selection || ' ', if(figure = 'share', 'mean_share', figure)), yardstick, attribute, value) AS name,
        concat_ws(' ', prompt, read_by(study, model, labeler, labeler_version)) AS of, estimate, low, high, k, n,
        if(figure = 'share', worth, NULL) AS worth, prompts, se, dispersion, df FROM figures
    WHERE n > 0 AND figure <> 'corrected_share' AND (estimate IS NOT NULL OR figure = 'share')
        AND NOT starts_with(coalesce(attribute, ''), 'all:');
CREATE TEMP MACRO board_of(week, study, suite, major, condition, turn, yardstick, attribute) AS
    concat_ws(' ', head_of(coalesce(study, week::VARCHAR), suite, major, condition, turn),
        if(yardstick = 'stereotypes', yardstick, 'gap'), yardstick, attribute);
CREATE TEMP TABLE published_boards AS
    SELECT board_of(week, study, suite, suite_major, condition, turn, yardstick, attribute) AS name,
        concat(read_by(study, field_of(track, simulated), labeler, labeler_version), ' critical') AS of, critical, df
    FROM boards WHERE critical IS NOT NULL;
CREATE TEMP TABLE published_ranks AS
    SELECT board_of(week, study, suite, suite_major, condition, turn, yardstick, attribute) AS name,
        concat_ws(' ', read_by(study, field_of(track, simulated), labeler, labeler_version), 'rank',
            read_by(study, model, labeler, labeler_version)) AS of, rank_low, rank_high
    FROM board_ranks WHERE rank_low IS NOT NULL;
CREATE TEMP TABLE published_pairs AS
    SELECT board_of(week, study, suite, suite_major, condition, turn, yardstick, attribute) AS name,
        concat_ws(' ', read_by(study, field_of(track, simulated), labeler, labeler_version), 'pair', read_by(study,
            least(model_a, model_b), labeler, labeler_version), read_by(study, greatest(model_a, model_b), labeler,
            labeler_version)) AS of,
        if(model_a < model_b, difference, -difference) AS difference, se, dispersion, told_apart, prompts
    FROM board_pairs WHERE difference IS NOT NULL;
CREATE TEMP TABLE published_changes AS
    SELECT concat_ws(' ', head_of(week, suite, suite_major, condition, turn), 'change', attribute, value,
            prompt) AS name, model AS of, before_k, before_n, after_k, after_n, size, low, high, se, dispersion, df
    FROM changes WHERE NOT starts_with(coalesce(attribute, ''), 'all:')
