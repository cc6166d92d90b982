from __future__ import annotations

import pytest

from assets.generation.midjourney import metadata

JOB = "ce75684f-cd75-4c9c-8c84-48b02f44dcb3"


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        (f"ann_a_red_bicycle_{JOB}_2", metadata.NameParts(JOB, 2, "a_red_bicycle", False, "ann")),
        (f"ann_a_red_bicycle_{JOB}", metadata.NameParts(JOB, None, "a_red_bicycle", False, "ann")),
        (f"ann_a_red_bicycle_{JOB}_grid_0", metadata.NameParts(JOB, None, "a_red_bicycle", False, "ann")),
        (f"ann_a_red_bicycle_{JOB}_2 (1)", metadata.NameParts(JOB, 2, "a_red_bicycle", False, "ann")),
        (f"ann_a_red_bicycle_--ar_169_{JOB}_2", metadata.NameParts(JOB, 2, "a_red_bicycle", False, "ann")),
        (f"{JOB}_3", metadata.NameParts(JOB, 3)),
        ("holiday", metadata.NameParts()),
    ],
)
def test_a_name_has_parts(stem: str, expected: metadata.NameParts) -> None:
    assert metadata.read_name(stem) == expected


def test_the_author_says_where_an_account_with_underscores_ends() -> None:
    stem = f"ann_b_c_a_red_bicycle_{JOB}_2"
    assert metadata.read_name(stem, "Ann_B c").words == "a_red_bicycle"
    assert metadata.read_name(stem, "somebody else").words == "b_c_a_red_bicycle"


def test_long_words_are_cut_words() -> None:
    assert metadata.read_name(f"ann_{'a' * 51}_{JOB}_0").cut
    assert metadata.read_name(f"{'b' * 30}_{'a' * 30}_{JOB}_0").cut
    assert not metadata.read_name(f"ann_{'a' * 30}_{JOB}_0").cut


@pytest.mark.parametrize(
    ("prompt", "words", "cut", "expected"),
    [
        ("a red bicycle", "a_red_bicycle", False, True),
        ("a red bicycle", "a_red", False, False),
        ("a red bicycle", "a_red_bic", True, True),
        ("a red bicycle", "A_red_bic", True, False),
        ("a red bicycle", "", True, False),
        ("une personne française", "une_personne_française", False, True),
        ("une personne française", "une_personne_francaise", False, True),
        ("une personne française", "une_personne_franaise", False, True),
        ("une personne française", "une_personne_fran_aise", False, True),
        ("a state-of-the-art, new house", "a_state-of-the-art_new_house", False, True),
        ("日本人", "中国人", True, False),
    ],
)
def test_words_of_a_name_fit_a_prompt_or_do_not(prompt: str, words: str, cut: bool, expected: bool) -> None:
    assert metadata.begins_with(prompt, words, cut=cut) is expected


def test_a_shown_text_is_one_short_inert_line_without_accounts() -> None:
    text = metadata.shown("a\x1b[31m face\nby ANN_9 " + "x" * 500, ["ann_9"])
    assert "\x1b" not in text
    assert "\n" not in text
    assert "ann_9" not in text.lower()
    assert len(text) <= 90


def test_a_short_account_does_not_eat_words() -> None:
    assert metadata.hide("a person by a", ["er"]) == "a person by a"
    assert metadata.hide("by er_9", ["er"]) == "by …_9"


@pytest.mark.parametrize("name", ["ann_9_house.png", "ann_house.png", "x ann house.png"])
def test_a_display_name_holds_no_account(name: str) -> None:
    shown = metadata.display(name, None, None, ["ann", "ann_9"])
    assert "ann" not in shown
    assert "house" in shown
