"""Errors of a step as Dagster may keep them: a sentence or a place in the code, never a value of the data."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from dagster import Backoff, Failure, Jitter, RetryPolicy

from ibic_pipeline.errors import DeliveryRefused, IbicError, PassingError
from ibic_pipeline.resources import PACKAGE

ROOT = PACKAGE.parent
FRAMES_SHOWN = 3

PASSES = RetryPolicy(max_retries=3, delay=15, backoff=Backoff.EXPONENTIAL, jitter=Jitter.PLUS_MINUS)
"""For what may be gone in a minute or two: a lost database, a share that does not answer. All else fails at once."""

_PASSING = frozenset(
    getattr(errno, name)
    for name in (
        *("EAGAIN", "EBUSY", "EDEADLK", "EINTR", "EIO", "ENOLCK", "ESTALE", "ETIMEDOUT", "ETXTBSY", "EPIPE"),
        *("ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH"),
    )
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LOST = frozenset({"OperationalError", "InterfaceError", "IOException"})
"""Names of errors of SQLAlchemy, of database drivers and of DuckDB, which are too heavy to import here."""
_SOURCE_DOES_NOT_ANSWER = frozenset({"LEV-015"})

_at_once: ContextVar[bool] = ContextVar("at_once", default=False)


@contextmanager
def failing_at_once() -> Iterator[None]:
    """Nothing is tried again: someone at a terminal waits, and can run it again."""
    before = _at_once.set(True)
    try:
        yield
    finally:
        _at_once.reset(before)


def _keep_quiet(text: str) -> None:
    """For steps after whose failure nothing need be noted."""


@contextmanager
def without_values(note: Callable[[str], None] = _keep_quiet) -> Iterator[None]:
    """Turn any error into a ``Failure`` that says what and where; ``note`` is told unless a delivery was refused.

    Messages of libraries are dropped, since pandas and pandera quote cells; ``from None`` keeps Dagster from
    storing them as the cause.
    """
    try:
        yield
    except Failure:
        raise
    except IbicError as error:
        with suppress(OSError):
            note(str(error))
        raise Failure(str(error), allow_retries=passes(error)) from None
    except DeliveryRefused as refused:
        raise refusal(refused.reasons) from None
    except Exception as error:
        sentence = _in_a_sentence(error)
        with suppress(OSError):  # where nothing can be noted, the run still says why
            note(sentence)
        raise Failure(sentence, allow_retries=passes(error)) from None


def refusal(reasons: Sequence[tuple[str, str]]) -> Failure:
    """A delivery that is refused as a whole; it is tried again only when its source did not answer."""
    sentences = " ".join(f"{code}: {text}" for code, text in reasons)
    lost = bool(reasons) and {code for code, _ in reasons} <= _SOURCE_DOES_NOT_ANSWER and not _at_once.get()
    return Failure(f"Leveransen vägras. {sentences}", metadata={"orsaker": len(reasons)}, allow_retries=lost)


def passes(error: BaseException | None) -> bool:
    """Whether the error, or what caused it, may be gone when the same is tried again."""
    while error is not None and not _at_once.get():
        if isinstance(error, PassingError):
            return True
        if isinstance(error, OSError) and error.errno in _PASSING:
            return True
        if _LOST & {each.__name__ for each in type(error).__mro__}:
            return True
        error = error.__cause__ or error.__context__
    return False


def _in_a_sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"Disken är full, vid {_places(error)}. Gör plats; nästa körning tar vid."
    name = type(error).__name__
    if isinstance(error, OSError) and error.errno:
        name = f"{name} {errno.errorcode.get(error.errno, error.errno)}"
    return f"Fel i programmet: {name} vid {_places(error)}."


def _places(error: Exception) -> str:
    """File, line and function of our own innermost frames, the innermost last; else of the library's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(f"{ROOT}/")] or frames
    shown = own[-FRAMES_SHOWN:]
    return " > ".join(f"{frame.filename.removeprefix(f'{ROOT}/')}:{frame.lineno} {frame.name}" for frame in shown)
