"""What went wrong between us and Azure: one error for every exception of the SDK, and whether to try again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from modelpress.errors import RemoteError
from modelpress.executors.azure.hints import hint_for
from modelpress.executors.azure.wording import cleaned, nested, transported

TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
REFUSED_UNREAD = frozenset({429, 503})  # answers that come instead of the work, not after it
LONGEST_SHORT = 100  # characters


class ServiceError(RemoteError):
    """A call of Azure failed. `status` is the HTTP status, None where there was no answer."""

    def __init__(self, message: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


@dataclass(frozen=True, slots=True)
class Fault:
    """What an exception of the SDK says: the service's `code`, its `text` and the HTTP `status` (None: no answer)."""

    status: int | None
    code: str
    text: str

    @property
    def short(self) -> str:
        """Enough for a line about a retry: `HTTP 503 ServerBusy`, or what broke."""
        if self.status:
            return f"HTTP {self.status} {self.code}".rstrip()
        return self.text.partition("\n")[0][:LONGEST_SHORT]


def fault_of(error: BaseException) -> Fault:
    """Read an exception of azure-core, azure-identity, azure-storage-blob or azure-ai-ml."""
    status = getattr(error, "status_code", None)
    body = _json_body(error)
    said = list(nested(body))
    code = next((code for code, _ in said if code), "") or _storage_code(error)
    text = "; ".join(dict.fromkeys(text for _, text in said if text)) or str(error)
    if status is None:
        text = transported(text)
    return Fault(status if isinstance(status, int) else None, code, cleaned(text))


def service_error(error: BaseException, doing: str) -> ServiceError:
    """The error to raise for an exception of the SDK; `doing` says what was tried, as `registering model x`."""
    return failure(fault_of(error), doing)


def failure(fault: Fault, doing: str) -> ServiceError:
    """The error to raise for a fault that came some other way: the failed end of a long-running operation."""
    answer = f" (HTTP {fault.status}{f', {fault.code}' if fault.code else ''})" if fault.status else ""
    hint = hint_for(fault.status, f"{fault.code} {fault.text}")
    return ServiceError(f"{doing} failed{answer}: {fault.text}", hint=hint, status=fault.status)


def is_transient(error: BaseException, *, repeatable: bool = True) -> bool:
    """Whether trying again may help: throttling, failures inside the service, broken connections; never a refusal.

    What is not `repeatable` (a build that would be started twice) is only tried again where the
    service cannot have begun with it.
    """
    from azure.core.exceptions import (
        HttpResponseError,
        IncompleteReadError,
        ServiceRequestError,
        ServiceResponseError,
    )

    if isinstance(error, ServiceRequestError):
        return "CERTIFICATE_VERIFY_FAILED" not in str(error)
    if isinstance(error, ServiceResponseError | IncompleteReadError):
        return repeatable
    if isinstance(error, HttpResponseError) and isinstance(error.status_code, int):
        return error.status_code in (TRANSIENT if repeatable else REFUSED_UNREAD)
    return False


def _json_body(error: BaseException) -> Any:
    response = getattr(error, "response", None)
    try:
        return json.loads(response.text()) if response is not None else None
    except Exception:  # noqa: BLE001 - a stream that is closed, no text, no JSON: then there is no such body
        return None


def _storage_code(error: BaseException) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")
