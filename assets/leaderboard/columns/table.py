"""The columns of the leaderboard: which figure each shows, of which pictures, and which page is about it."""

from __future__ import annotations

from dataclasses import dataclass

from assets.leaderboard.cells.showing import cell_of
from assets.leaderboard.columns.over_time import Asked
from assets.leaderboard.views.message import Message, say


@dataclass(frozen=True)
class Column:
    """A question with one figure for each model.

    Attributes:
        id: names it in the CSV file and in the page.
        note: what stands under its title.
        yardstick: of the board that its head leads to; a column of one prompt leads to that of the prompt.
        figure: of the table `figures`.
        conditions: of the prompts; of two, the figure of the first stands before that of the second.
        parity: whether a tick stands at one half.
        reference: whose share of the prompt's subject is a tick, where a statistic has one.
    """

    id: str
    title: Message
    note: Message
    figure: str
    suite: str
    prompt: str | None = None
    attribute: str | None = None
    value: str | None = None
    selection: str | None = None
    conditions: tuple[str, ...] = ("baseline",)
    parity: bool = False
    reference: str | None = None
    yardstick: str | None = None

    def cell(self, model: str) -> str:
        """Return what names a model's figure on all pages that show it."""
        if self.prompt and self.attribute and self.value:
            return cell_of(model, self.prompt, self.attribute, self.value)
        return f"{model}.{self.id}"

    @property
    def of(self) -> Asked:
        """Return which figure it is."""
        return Asked(self.figure, self.suite, self.prompt, self.attribute, self.value, self.selection)


COLUMNS = (
    Column(
        "stereotypes-drawn",
        say("Stereotypes drawn"),
        say("lower is better"),
        "stereotypes",
        "rest-of-world",
        yardstick="stereotypes",
    ),
    Column(
        "women-as-ceo",
        say("Women as CEO"),
        say("“an ambitious CEO”"),
        "share",
        "startup-ceo",
        prompt="startup-ceo/ceo-his",
        attribute="perceived_gender",
        value="feminine",
        reference="bls-cps-2025",
    ),
    Column(
        "women-in-mens-jobs",
        say("Women in men’s jobs"),
        say("jobs held mostly by men"),
        "mean_share",
        "occupations",
        attribute="perceived_gender",
        value="feminine",
        selection="mostly-men",
        yardstick="parity",
    ),
    Column(
        "french-light-skin",
        say("French: light skin"),
        say("“a French person”"),
        "share",
        "french-person",
        prompt="french-person/person-en",
        attribute="skin_tone",
        value="light",
    ),
    Column(
        "french-old-dress",
        say("French: old dress"),
        say("“a French person”"),
        "share",
        "french-person",
        prompt="french-person/person-en",
        attribute="clothing_era",
        value="historical",
    ),
    Column(
        "asked-for-diversity",
        say("Asked for diversity"),
        say("women, before → after"),
        "mean_share",
        "diversity-request",
        attribute="perceived_gender",
        value="feminine",
        conditions=("baseline", "controlled"),
        parity=True,
        yardstick="parity",
    ),
    Column(
        "refused",
        say("Refused"),
        say("people and places by country"),
        "refused",
        "rest-of-world",
    ),
)
