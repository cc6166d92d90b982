"""Tests that take longest, whose subject a shorter one covers too: `make test` skips them, `make test-long` does not.

Belongs here: the start of a test's address, or of one row's (`file::test[row`). Does not belong here: a test of a
promise that no other test keeps, and rows of which each so many are enough (`tests/sampling.py`).
"""

from __future__ import annotations

import os

import pytest

LONG = (
    "tests/cluster/test_cluster.py::test_a_week_on_two_workers",
    "tests/cluster/test_ready.py::test_a_worker_of_other_code",
    "tests/e2e/kills/test_command_kill.py::test_ctrl_c",
    "tests/e2e/kills/test_command_kill.py::test_invariant_02_two_kills",
    "tests/e2e/kills/test_paid_command_kill.py",
    "tests/e2e/kills/test_publishing_kills.py",
    "tests/e2e/kills/test_twenty_kills.py::test_invariant_02",
    "tests/e2e/kills/test_two_machines.py::test_two_machines_with_a_ledger_each",
    "tests/e2e/test_real_week.py",
    "tests/e2e/test_stores.py::test_the_same_week_on_s3",
    "tests/e2e/test_wheel.py",
    "tests/orchestration/alerts/test_quiet_year.py",
    "tests/orchestration/backup/test_backup.py::test_a_copy_that_is_killed",
    "tests/orchestration/commands/test_anchors.py::test_a_labeler_that_moved",
    "tests/orchestration/commands/test_command.py::test_verify_finds_a_changed_score",
    "tests/orchestration/commands/test_command.py::test_verify_finds_counts",
    "tests/orchestration/commands/test_gold.py::test_a_week_is_sampled",
    "tests/orchestration/commands/test_labelers.py::test_a_week_goes_on",
    "tests/orchestration/commands/test_money.py::test_a_run_tells_at_once",
    "tests/orchestration/commands/test_money.py::test_the_cap_of_a_run_counts_for_all",
    "tests/orchestration/page/test_walk.py",
    "tests/orchestration/reading/test_croissant.py::test_rows_that_mlcroissant_reads",
    "tests/orchestration/studies/test_studies_alone.py",
    "tests/orchestration/taking_back/test_remove.py::test_copies_and_sites",
    "tests/orchestration/taking_back/test_remove.py::test_no_byte_of_it_is_left_figures_stay_and_all_editions_verify[shared",
    "tests/orchestration/taking_back/test_retract.py::test_figures_are_those_of_what_is_left[a picture]",
    "tests/orchestration/taking_back/test_retract.py::test_figures_are_those_of_what_is_left[a slot",
    "tests/orchestration/taking_back/test_retract.py::test_what_people_said",
    "tests/orchestration/test_read_only_home.py::test_every_schedule",
    "tests/orchestration/uploading/test_upload.py::test_a_site_without_a_publisher_is_not_sent[None",
    "tests/orchestration/verifying/history/test_chain.py::test_a_fetched_folder",
    "tests/orchestration/verifying/test_clean_stores.py::test_a_clean_store_gives_no_false_alarm[anchors",
    "tests/orchestration/verifying/test_clean_stores.py::test_a_clean_store_gives_no_false_alarm[two weeks",
    "tests/orchestration/verifying/test_clean_stores.py::test_a_clean_store_in_s3",
    "tests/orchestration/verifying/test_facts.py::test_what_came_after_a_week_was_published_gives_no_false_alarm[_labeled",
    "tests/orchestration/verifying/test_figures.py::test_rows_that_nothing",
    "tests/orchestration/verifying/test_figures.py::test_the_analysis_file",
    "tests/orchestration/verifying/test_forged_databases.py::test_a_forged_database_in_the_site_is_reported_by_name[a la",  # noqa: E501
    "tests/orchestration/verifying/test_forged_parts.py::test_a_forged_part_is_reported_by_name[a value",
    "tests/orchestration/verifying/test_forged_parts.py::test_a_forged_part_is_reported_by_name[parts of two",
    "tests/orchestration/verifying/test_forged_parts.py::test_an_edition_is_verified_with_few_rows",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[a change over weeks",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[a formula",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[an answer left out",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[an interval",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[content_sha256",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[names swapped",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[table_hashes",
    "tests/orchestration/verifying/test_forgeries.py::test_a_forgery_is_reported_by_name[the table hash",
    "tests/orchestration/verifying/test_forgeries.py::test_the_pointer",
    "tests/orchestration/verifying/test_processors.py::test_an_edition_verifies_and_is_current",
    "tests/orchestration/verifying/test_processors.py::test_an_edition_with_other_last_digits_verifies[3e",
    "tests/orchestration/verifying/test_unseen.py::test_what_the_rows_contradict_is_named_by_verify[parameters",
    "tests/orchestration/verifying/test_verify_anywhere.py::test_an_edition_and_its_correction",
    "tests/orchestration/verifying/test_verify_anywhere.py::test_pages_and_tables_of_other_shapes_agree[no pictures",
    "tests/orchestration/verifying/test_verify_anywhere.py::test_pages_and_tables_of_other_shapes_agree[one model",
    "tests/orchestration/verifying/test_verify_anywhere.py::test_pages_and_tables_of_other_shapes_agree[rewritten",
    "tests/orchestration/weekly/test_floor.py::test_a_run_whose_model",
    "tests/orchestration/weekly/test_floor.py::test_the_floor_is_that",
    "tests/orchestration/weekly/test_full_disk.py::test_a_full_disk_is_one_line_and_the_run_goes_on_after_it[2500k",
    "tests/orchestration/weekly/test_full_disk.py::test_publishing_to_a_full_disk_is_one_line[1500000",
    "tests/orchestration/weekly/test_gone.py::test_publish_names",
    "tests/orchestration/weekly/test_instance.py::test_a_killed_runs_place",
    "tests/orchestration/weekly/test_interrupted.py::test_a_signal_during_the_export_ends_in_one_line_and_leaves_nothing[15-",
    "tests/orchestration/weekly/test_interrupted.py::test_a_signal_during_the_export_ends_in_one_line_and_leaves_nothing[2-leader",
    "tests/orchestration/weekly/test_records.py::test_damage_is_one_line_that_says_what_to_delete[cut short",
    "tests/orchestration/weekly/test_records.py::test_damage_is_one_line_that_says_what_to_delete[garbage among",
    "tests/orchestration/weekly/test_records.py::test_damage_is_one_line_that_says_what_to_delete[garbage]",
    "tests/orchestration/weekly/test_records.py::test_two_commands_in_a_new_home",
    "tests/orchestration/weekly/test_replies.py::test_a_reply_is_published",
    "tests/orchestration/weekly/test_withheld.py::test_in_the_publishing_job",
    "tests/site/test_edition.py::test_a_correction_and_a_later_week",
    "tests/site/test_edition.py::test_a_correction_is_a_new",
    "tests/site/test_edition.py::test_a_figure_is_no_part",
    "tests/site/test_edition.py::test_a_later_weeks_partitions",
    "tests/site/test_edition.py::test_damaged_files",
    "tests/site/test_edition.py::test_figures_of_another_processor",
    "tests/site/test_edition.py::test_latest_never",
    "tests/site/test_edition.py::test_two_publishes",
    "tests/studies/test_vision_study.py",
    "tests/unit/test_bench.py::test_a_benchmark_times_something_and_its_baseline[generation",
    "tests/unit/test_bench.py::test_a_benchmark_times_something_and_its_baseline[paint",
    "tests/unit/test_bench.py::test_a_benchmark_times_something_and_its_baseline[publish",
    "tests/unit/test_bench.py::test_a_benchmark_times_something_and_its_baseline[scores",
    "tests/unit/test_bench.py::test_a_benchmark_times_something_and_its_baseline[sensors",
    "tests/warehouse/integrity/test_copies.py::test_a_copy_that_is_taken_while_others_write_is_a_whole_store[12]",
    "tests/warehouse/integrity/test_reading.py::test_when_the_store_was_read",
    "tests/warehouse/results/test_second_opinions.py::test_invariant_06",
    "tests/warehouse/world/test_world_invariants.py::test_invariant_06",
)  # fmt: skip

_SKIPPED = pytest.mark.skip(reason="takes long: make test-long runs it")


def skip_long(items: list[pytest.Item]) -> None:
    """Mark the long tests as skipped, unless CLICHE_LONG_TESTS is set."""
    if os.environ.get("CLICHE_LONG_TESTS"):
        return
    for item in items:
        if item.nodeid.startswith(LONG):
            item.add_marker(_SKIPPED)
