"""Checking a list of candidates: what is wrong with it, where, and what was probably meant."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modelpress.candidates.reading.accelerator import FOLDER_NAME
from modelpress.candidates.reading.listing.form import Entry, Figure, Listing, Pass, Rule
from modelpress.config import problems
from modelpress.config.problems import Keys, Problem, quoted, suggestion

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

UNKNOWN = "unexpected_keyword_argument"
NUMBER = "must be a number, or a mapping with a value"
TEXTS = {
    **problems.TEXTS,
    UNKNOWN: "unknown key",
    "dataclass_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "list_type": "must be a list",
    "greater_than_equal": "must be at least 1",
    "float_type": NUMBER,
    "float_parsing": NUMBER,
}


class ListingError(ValueError):
    """What is wrong with a list."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def checked(data: Mapping[str, Any]) -> tuple[Listing, dict[str, Rule]]:
    """The list as values, and how each of its metrics counts. Raises ListingError for what is wrong first."""
    from pydantic import TypeAdapter, ValidationError

    data = {key: value for key, value in data.items() if key != "$schema"}
    try:
        listing: Listing = TypeAdapter(Listing).validate_python(data)
    except ValidationError as error:
        found = [problem for item in error.errors(include_url=False) for problem in _problems(item, data)]
        misspelled = (problem for problem in found if problem.text == TEXTS[UNKNOWN])  # says why another is missing
        raise ListingError(next(misspelled, found[0])) from None
    _check_entries(listing)
    return listing, _rules(listing)


def _problems(item: ErrorDetails, data: object) -> Iterator[Problem]:
    """The problem as the user sees it; none for the branch of a choice that was not meant."""
    keys: Keys = ()
    for key in item["loc"]:
        inside = problems.child(data, key)
        if inside is not None:
            keys, data = (*keys, key), inside[0]
        elif key == ("float" if isinstance(data, Mapping) else "Figure"):
            return
    if item["type"] == "missing":
        keys = (*keys, item["loc"][-1])
    names = [one.name for one in dataclasses.fields(_form(keys[:-1]))] if item["type"] == UNKNOWN else []
    yield Problem(keys, TEXTS.get(item["type"], "is not valid"), suggestion(keys[-1], names) if names else "")


def _form(keys: Keys) -> type[Any]:
    """The type of the mapping that stands at `keys`."""
    if not keys:
        return Listing
    if keys[0] != "candidates":
        return Rule if keys[0] == "metrics" else Figure
    if "history" in keys[2:3]:
        return Pass
    return Figure if "metrics" in keys[2:3] else Entry


def _check_entries(listing: Listing) -> None:
    first: dict[str, int] = {}
    for number, entry in enumerate(listing.candidates):
        if not entry.model:
            raise ListingError(Problem(("candidates", number, "model"), "must not be empty"))
        own_id = entry.id or entry.model
        if own_id in first:
            text = f"{quoted(own_id)} is already the id of candidates[{first[own_id]}]"
            raise ListingError(Problem(("candidates", number, "id"), text, "Give each candidate an id of its own."))
        first[own_id] = number
        if not FOLDER_NAME.fullmatch(entry.accelerator):
            text = "must be a name such as cpu-cpu or gpu-cuda"
            raise ListingError(Problem(("candidates", number, "accelerator"), text))


def _rules(listing: Listing) -> dict[str, Rule]:
    """How each metric counts: by the list, completed by the entries, which must agree."""
    rules = {name: Rule() for entry in listing.candidates for name in entry.metrics}
    for name, rule in listing.metrics.items():
        if name not in rules:
            raise ListingError(Problem(("metrics", name), "no candidate has this metric", suggestion(name, rules)))
        rules[name] = rule
    for number, entry in enumerate(listing.candidates):
        for name, figure in entry.metrics.items():
            if isinstance(figure, Figure):
                rules[name] = _completed(rules[name], figure, ("candidates", number, "metrics", name))
    for name, rule in rules.items():
        if (rule.priority or 0) > 0 and rule.higher_is_better is None:
            hint = f"Add higher_is_better to {quoted(name)} under metrics."
            raise ListingError(Problem(("metrics", name), "has a priority but no direction", hint))
    return rules


def _completed(rule: Rule, figure: Figure, keys: Keys) -> Rule:
    for given, known in ((figure.priority, rule.priority), (figure.higher_is_better, rule.higher_is_better)):
        if given is not None and known is not None and given != known:
            text = "contradicts what was said of this metric before"
            raise ListingError(Problem(keys, text, "Say it once, under metrics at the top of the list."))
    return Rule(
        rule.priority if figure.priority is None else figure.priority,
        rule.higher_is_better if figure.higher_is_better is None else figure.higher_is_better,
    )
