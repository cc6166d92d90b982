-- What it makes: words for conditions of a study's own; no column changes.
-- Grain: that of study_effects.

COMMENT ON TABLE study_effects IS
'One row for each change in a model''s pictures of a study from its baseline to another condition.
Grain: study, model, kind, a, b, subject, attribute, reference, labeler, labeler_version, metric, value_name.';
COMMENT ON COLUMN study_effects.kind IS
'identity: controlled (b asks for diversity), confronted (b was told that it lacks) or wording (any other b)';
COMMENT ON COLUMN study_effects.metric IS
'identity: share, controllability (distance2 where b is no request) or overcorrection (methodology)';
