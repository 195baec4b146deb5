"""Search options: how the next token is chosen, and when there are enough of them."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """A search option of ONNX Runtime GenAI, under the name that it has there.

    The library takes values that mean nothing, so they are held to `allowed` here.
    """

    name: str
    kind: Callable[[str], float]
    allowed: Callable[[float], bool]
    rule: str
    help: str

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        flag = f"--{self.name.replace('_', '-')}"
        text = f"{self.help}; {self.rule}"
        parser.add_argument(flag, metavar="N", type=self.parse, help=text)

    def parse(self, text: str) -> float:
        try:
            value = self.kind(text)
        except ValueError:
            value = math.nan
        if math.isnan(value) or not self.allowed(value):
            raise argparse.ArgumentTypeError(f"{text!r} is not {self.rule}")
        return value


@dataclass(frozen=True)
class Switch:
    """A search option that is on or off."""

    name: str
    help: str

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        flag = f"--{self.name.replace('_', '-')}"
        on_or_off = argparse.BooleanOptionalAction
        parser.add_argument(flag, action=on_or_off, help=self.help)


def _is_natural(value: float) -> bool:
    return value >= 0


def _is_counted(value: float) -> bool:
    return value >= 1


def _is_positive(value: float) -> bool:
    return 0 < value < math.inf


def _is_share(value: float) -> bool:
    return 0 < value <= 1


COUNTED = "1 or more"
POSITIVE = "a number above 0"
OPTIONS: list[Option | Switch] = [
    Option("max_length", int, _is_counted, COUNTED, "most tokens of prompt and answer"),
    Option("min_length", int, _is_natural, "0 or more", "least tokens of both"),
    Switch("do_sample", "choose by chance among likely tokens, not the likeliest"),
    Option("temperature", float, _is_positive, POSITIVE, "below 1 chooses more alike"),
    Option("top_k", int, _is_natural, "0 or more", "choose among so many; 0: any"),
    Option("top_p", float, _is_share, "above 0, 1 at most", "choose among this share"),
    Option("repetition_penalty", float, _is_positive, POSITIVE, "above 1 repeats less"),
    Option("random_seed", int, _is_natural, "0 or more", "the same seed, the same"),
]


def search_options(options: argparse.Namespace) -> dict[str, Any]:
    """Those that were given; genai_config.json has the others."""
    given = {option.name: getattr(options, option.name) for option in OPTIONS}
    return {name: value for name, value in given.items() if value is not None}
