"""Errors of a step as Dagster may keep them: a sentence or a place in the code, never a value of the data."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dagster import Failure

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.resources import PACKAGE

ROOT = PACKAGE.parent
FRAMES_SHOWN = 3


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
        note(str(error))
        raise Failure(str(error), allow_retries=False) from None
    except DeliveryRefused as refused:
        raise refusal(refused.reasons) from None
    except Exception as error:
        sentence = f"Fel i programmet: {type(error).__name__} vid {_places(error)}."
        note(sentence)
        raise Failure(sentence, allow_retries=False) from None


def refusal(reasons: Sequence[tuple[str, str]]) -> Failure:
    """A delivery that is refused as a whole."""
    sentences = " ".join(f"{code}: {text}" for code, text in reasons)
    return Failure(f"Leveransen vägras. {sentences}", metadata={"orsaker": len(reasons)}, allow_retries=False)


def _places(error: Exception) -> str:
    """File, line and function of our own innermost frames, the innermost last; else of the library's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(f"{ROOT}/")] or frames
    shown = own[-FRAMES_SHOWN:]
    return " > ".join(f"{frame.filename.removeprefix(f'{ROOT}/')}:{frame.lineno} {frame.name}" for frame in shown)
