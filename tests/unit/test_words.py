"""Words that readers of English stumbled over do not come back: in pages, help, docstrings and comments."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
#: What not to write → what to write.
BANNED = {
    r"(is|are|was|were|be|been|ever|once) told(?! apart| to | that )": "reported",
    r"mend(s|ed|ing)?": "fix",
    r"(drawn )?by lot": "at random",
    r"stands? in(?! (for|look))": "is in",
    r"(pictures|slots|labels) an? (prompt|cell|model|row|call)": "per",
    r"(row|entry|file) an? (cell|row|model|prompt|picture|slot)": "per",
    r"dares?": "can",
    r"(un)?labell(ed|ing)": "labeled, labeling",
    r"(colours?|behaviour|favours?|neighbours?|organisations?|recognised?|book-keeping)": "American spelling",
}
_BANNED = re.compile("|".join(rf"(?<![\w`.-])(?:{one})(?![\w`:-])" for one in BANNED), re.IGNORECASE)
#: Frozen: comments of tables and views, questions to labelers. The page has its own rewriting ahead.
_LEFT = (
    "sql/schema/",
    "sql/marts/",
    "assets/leaderboard/",
    "assets/labeling/questions.py",
    "assets/simulation/",
)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def tracked(*suffixes: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [
        name
        for name in listed.stdout.splitlines()
        if name.endswith(suffixes) and not name.startswith((*_LEFT, "tests/")) and (CHECKOUT / name).exists()
    ]


def prose(name: str) -> str:
    """What people read in a file: a page without its code; comments and docstrings of code."""
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    if name.endswith(".md"):
        return _CODE.sub("", text)
    if name.endswith(".sql"):
        return "\n".join(line for line in text.splitlines() if line.startswith("--"))
    said = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        or (token.type == tokenize.STRING and token.string.startswith('"""'))
    ]
    return _CODE.sub("", "\n".join(said))


@pytest.mark.parametrize("kind", [".md", ".sql", ".py"])
def test_pages_and_comments_are_in_plain_american_english(kind: str) -> None:
    names = tracked(kind)
    assert len(names) > 10
    found = [f"{name}: {match[0]}" for name in names for match in _BANNED.finditer(prose(name))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "A change is told once.",
        "mend it",
        "drawn by lot",
        "5 pictures a prompt",
        "what stands in the file",
        "labelled",
    ],
)
def test_each_is_noticed(text: str) -> None:
    assert _BANNED.search(text)


@pytest.mark.parametrize(
    "text", ["Models can be told apart.", "recommended", "The user was told to wait.", "labeled"]
)
def test_good_english_is_left_alone(text: str) -> None:
    assert not _BANNED.search(text)
