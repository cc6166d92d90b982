-- What it makes: the outcomes of an attempt with their groups (methodology: outcomes).
-- Grain: outcome. `assets.generation.records` holds the same list for Python; a test compares the two.

CREATE TABLE outcomes (
    outcome VARCHAR NOT NULL,
    outcome_group VARCHAR NOT NULL,
    final BOOLEAN NOT NULL
);

COMMENT ON TABLE outcomes IS 'One row for each outcome that an attempt can end with.
Grain: outcome.';
COMMENT ON COLUMN outcomes.outcome IS 'identity: outcome of an attempt';
COMMENT ON COLUMN outcomes.outcome_group IS
'identity: success, answer (the model''s own answer), transient, stop, bad_data or policy';
COMMENT ON COLUMN outcomes.final IS 'identity: true if a slot with this outcome is never asked again';

INSERT INTO outcomes (outcome, outcome_group, final) VALUES
('ok', 'success', TRUE),
('blocked_input', 'answer', TRUE),
('blocked_output', 'answer', TRUE),
('refused_text', 'answer', TRUE),
('no_image', 'answer', TRUE),
('rate_limited', 'transient', FALSE),
('timeout', 'transient', FALSE),
('connection', 'transient', FALSE),
('server_error', 'transient', FALSE),
('batch_expired', 'transient', FALSE),
('auth', 'stop', FALSE),
('quota_exhausted', 'stop', FALSE),
('model_retired', 'stop', FALSE),
('invalid_params', 'stop', FALSE),
('corrupt_image', 'bad_data', FALSE),
('wrong_type', 'bad_data', FALSE),
('too_large', 'bad_data', FALSE),
('budget_stopped', 'policy', FALSE),
('unknown_charge', 'policy', TRUE),
('not_needed', 'policy', TRUE);
