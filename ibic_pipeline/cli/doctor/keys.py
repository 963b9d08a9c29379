"""What of the pseudonym keys can be wrong: missing, open to others, alike, or others than the tables were made with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ibic_pipeline.cli.doctor.finding import Finding

if TYPE_CHECKING:
    from ibic_pipeline.home import Home


def examine(home: Home) -> Iterator[Finding]:
    """The finding on keys."""
    yield _keys(home)


def _keys(home: Home) -> Finding:
    from ibic_pipeline.cli.keys import keys_of
    from ibic_pipeline.workflow.switch import is_pending
    from ibic_pipeline.workflow.versions import describe_version

    keys = keys_of(home)
    wrong = [each.fel for each in keys if each.fel is not None]
    if wrong:
        do = "Close one that others may read with `chmod 600`; bring a lost one back from the backup."
        return Finding("keys", "error", " ".join(wrong), do)
    if is_pending(home):
        return Finding(
            "keys", "finding", "A key is being replaced, or its run was killed.", "The next `ibic run` ends it."
        )
    times = Counter(each.nyckel for each in keys)
    alike = [each.omfattning for each in keys if times[each.nyckel] > 1]
    if alike:
        return Finding(
            "keys", "finding", f"{', '.join(alike)} have the same key.", "Run `ibic keys rotate` for all but one."
        )
    made_with = {code: describe_version(home, code).get("nyckel") for code in home.lan.kommuner}
    other = [code for each in keys for code in each.kommuner if made_with[code] not in (None, each.nyckel)]
    if other:
        text = f"The tables of {', '.join(other)} were made with another key."
        return Finding("keys", "finding", text, "Restore that key; `ibic run` would part from it.")
    return Finding("keys", "ok", f"{len(keys)} keys, each for its owner only")
