"""Decides by rule which request goes wrong, and how."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from standin.effects import Effect
from standin.exchange import Request

NONE = Effect()


@dataclass
class Rule:
    """Applies an effect to matching requests number `nth` to `nth + times - 1` (`times` None: all from `nth` on)."""

    method: str
    path: str  # searched, without case, in "path?query"
    effect: Effect
    nth: int = 1
    times: int | None = 1
    seen: int = 0

    def matches(self, method: str, target: str) -> bool:
        return self.method in {"*", method} and re.search(self.path, target, re.IGNORECASE) is not None

    def applies(self) -> bool:
        """Counts one matching request."""
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def effect_on(self, request: Request, target: str) -> Effect:
        """Count this request in every rule that matches; the first that applies decides."""
        with self._lock:
            applying = [rule for rule in self._rules if rule.matches(request.method, target) and rule.applies()]
        return applying[0].effect if applying else NONE
