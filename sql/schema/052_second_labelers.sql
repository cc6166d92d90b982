-- What it makes: whose labels a figure is of; the other labelers among the ways to measure a board.
-- Grain: that of the tables. All weeks are scored anew, for the figures of labelers beside the planned ones.

ALTER TABLE scores ADD COLUMN labeler VARCHAR;
COMMENT ON TABLE scores IS
'One row for each figure: of a prompt of a model in a week, or of a whole suite (prompt NULL), by each labeler
that read the pictures; view plan_scores has those of the labeler that the plan names, which boards are of.
Grain: week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale, labeler, metric,
value_name.';
COMMENT ON COLUMN scores.labeler IS
'identity: who read the pictures: the labeler that the plan names, or one beside it; NULL if no label counts,
and in editions of before, which have figures of the planned labeler alone';

COMMENT ON COLUMN rank_robustness.variant IS
'identity: mean_absolute (mean over prompts of ½ Σ|p - q|, not the root mean square), pooled (all prompts
together, not one by one), one_prompt_left_out, other_reference (another one, for the same pictures), or
other_labeler (another one''s labels of them, on prompts of which it assessed four fifths as many pictures)';
COMMENT ON COLUMN rank_robustness.other IS
'identity: the other reference; the other labeler; the prompt whose absence turns most pairs (NULL: none
does); else NULL';

DELETE FROM scored_weeks;
DELETE FROM history_weeks;
