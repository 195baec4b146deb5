"""What engines print where they fail, as errors: what is wrong in one line, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from modelpress.errors import ModelpressError, RemoteError

LAST_LINES = 12  # of a failed step
LONGEST_LINE = 300  # characters
CREDENTIALS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@]+@")  # user:password in an address
# What engines note for their own makers.
LOGGED = re.compile(r'^time="[^"]*" level=\w+ msg=|^#\d+ sha256:[0-9a-f]{64}$')
STEP = re.compile(r"^(?:\[\d+/\d+\] )?STEP \d+/\d+: (.*)")  # podman's and buildah's
VERTEX = re.compile(r"^#(\d+) (\[.*)")  # BuildKit's
BASE = re.compile(r"(?:\bFROM|load metadata for) (\S+)")  # the step in which a base image is looked for
VERTEX_ERROR = re.compile(r"^#(\d+) ERROR: ")


@dataclass(frozen=True, slots=True)
class Fault:
    """A text that an engine prints, and what it means; `{subject}` and `{engine}` are filled in."""

    pattern: str
    message: str
    hint: str
    remote: bool = False

    def error(self, told: str, engine: str, subject: str) -> ModelpressError | None:
        """The error where the text is there, with the line that has it."""
        found = re.search(self.pattern, told, re.IGNORECASE)
        if found is None:
            return None
        line = told[told.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
        return self.describe(line, engine, subject)

    def describe(self, line: str, engine: str, subject: str) -> ModelpressError:
        """The error, with the line that an engine printed."""
        words = {"engine": engine, "subject": subject, "registry": subject.partition("/")[0]}
        kind: type[ModelpressError] = RemoteError if self.remote else ModelpressError
        return kind(f"{self.message.format(**words)}: {shown(line)}", hint=self.hint.format(**words), file=engine)


UNREACHED = (
    r"no such host|connection refused|network is unreachable|i/o timeout|no route to host|TLS handshake timeout"
    r"|server misbehaving|Temporary failure in name resolution|connection reset|unexpected EOF|broken pipe"
    r"|deadline exceeded|context canceled|connection timed out|use of closed network connection"
)
UNTRUSTED = r"x509:|certificate signed by unknown authority"
# In the order of looking: the first that fits is told, the last of the first and third table where none does.
ENGINE_FAULTS = (
    Fault(
        r"permission denied|operation not permitted",
        "{engine} lets this user do nothing",
        "Ask to be put into its group, or take one that needs no rights: --engine podman.",
    ),
    Fault(
        r"cannot connect to the docker daemon|failed to connect to the docker api|cannot connect to podman",
        "the service of {engine} does not run",
        "Start it, or take another engine with --engine.",
    ),
    Fault(r"", "`{subject}` failed", "Try the command by hand, or take another engine with --engine."),
)
BUILD_FAULTS = (
    Fault(
        r"buildx component is missing|unknown command: docker buildx|unknown flag: --mount"
        r"|--mount option requires BuildKit",
        "{engine} lacks BuildKit",
        "Install docker-buildx, or take another engine with --engine.",
    ),
    Fault(r"no space left on device", "the disk is full", "Free some space; `{engine} system prune` may."),
    Fault(
        r"CERTIFICATE_VERIFY_FAILED|CERTIFICATE VERIFY FAILED",
        "pip does not trust the certificate of the package index",
        "Give the certificates of your network with --proxy-ca FILE.",
    ),
)
BASE_FAULTS = (
    Fault(
        r"exec format error|no match for platform|no image found in .* for architecture",
        "the base image {subject} is not for this platform",
        "Name one that is with --base-image, or another --platform.",
    ),
    *BUILD_FAULTS,
    Fault(
        r"\bERROR\b",
        "the base image {subject} cannot be had",
        "Name one that {engine} can pull or has with --base-image, or sign in to its registry.",
        remote=True,
    ),
)
PUSH_FAULTS = (
    Fault(
        r"unauthorized|authentication required|no basic auth credentials|insufficient_scope|access .* denied"
        r"|\bdenied\b|401|403",
        "{registry} does not let you push {subject}",
        "Sign in with `{engine} login {registry}`, or ask for the right to push there.",
        remote=True,
    ),
    Fault(
        r"server gave HTTP response to HTTPS client",
        "{registry} speaks no TLS",
        "Tell {engine} that this registry is insecure: registries.conf of podman and buildah, daemon.json of docker.",
        remote=True,
    ),
    Fault(
        UNTRUSTED,
        "{engine} does not trust the certificate of {registry}",
        "Put the authority's certificate into certs.d/{registry}/ca.crt below /etc/containers or /etc/docker.",
        remote=True,
    ),
    Fault(
        UNREACHED,
        "{registry} is not reached, or the connection broke",
        "Run the same command again: what has arrived is not sent again.",
        remote=True,
    ),
    Fault(
        r"name unknown|name_unknown|name invalid|does not exist|not found|404",
        "{registry} knows no {subject}",
        "Make the repository there, or correct --push.",
        remote=True,
    ),
    Fault(r"", "{subject} could not be pushed", "Look at what the registry says, and run it again.", remote=True),
)


def engine_fault(engine: str, command: str, told: str) -> ModelpressError:
    """Why an engine does not do what needs no network."""
    return _first(ENGINE_FAULTS, told, engine, command)


def push_fault(engine: str, reference: str, lines: Sequence[str]) -> ModelpressError:
    """Why a registry did not take an image."""
    return _first(PUSH_FAULTS, "\n".join(lines), engine, reference)


def build_fault(engine: str, lines: Sequence[str]) -> ModelpressError:
    """Which step of a build failed and the end of what it printed, or what is wrong before any step."""
    step, printed = _failed_step([line for line in lines if not LOGGED.match(line)])
    told = "\n".join(printed)
    base = BASE.search(step)
    for fault in BASE_FAULTS if base else BUILD_FAULTS:
        if error := fault.error(told, engine, base[1] if base else ""):
            return error
    what = f"the step `{shown(step)}` failed" if step else f"{engine} built nothing"
    ending = "\n".join(shown(line) for line in printed[-LAST_LINES:])
    return ModelpressError(f"{what}:\n{ending}", hint="Correct the Dockerfile or what the step needs.", file=engine)


def shown(line: str) -> str:
    """A line of an engine, bounded and without passwords: what is wrong often stands at its end."""
    text = " ".join(CREDENTIALS.sub(r"\1***@", line).split())
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE // 2]} ... {text[-LONGEST_LINE // 2 :]}"


def step_of(line: str) -> str | None:
    """The step that a line of an engine announces."""
    found = STEP.match(line) or VERTEX.match(line)
    return found[found.re.groups] if found else None


def _first(faults: Sequence[Fault], told: str, engine: str, subject: str) -> ModelpressError:
    text = "\n".join(line for line in told.strip().splitlines() if line.strip()) or "it says nothing"
    *others, any_text = faults
    errors = (fault.error(text, engine, subject) for fault in others)
    found = next(filter(None, errors), None)
    return found or any_text.describe(text.splitlines()[-1], engine, subject)


def _failed_step(lines: Sequence[str]) -> tuple[str, list[str]]:
    """The step that failed, and what it printed; all lines where no step was reached."""
    failed = next((found[1] for line in lines if (found := VERTEX_ERROR.match(line))), None)
    if failed is not None:
        own = re.compile(rf"^#{failed} (?:\d+\.\d+ )?")
        printed = [own.sub("", line) for line in lines if own.match(line)]
        return printed[0], printed[1:]
    begun = [place for place, line in enumerate(lines) if STEP.match(line)]
    if not begun:
        return "", list(lines)
    return step_of(lines[begun[-1]]) or "", list(lines[begun[-1] + 1 :])
