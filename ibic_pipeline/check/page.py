"""A check as one page that can be read anywhere: no scripts, nothing fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from ibic_pipeline.check.run import COUNTED, Checked
from ibic_pipeline.check.summary import WORDS, lines_of, number, verdict
from ibic_pipeline.check.workbook import HEADINGS
from ibic_pipeline.storage import write_text
from ibic_pipeline.validate.accounting import LISTED_REPAIRS

SHOWN_ROWS = 2_000


def write_page(checked: Checked, path: Path) -> None:
    """Write the page: the first ``SHOWN_ROWS`` findings and repairs, and how many more the workbook holds."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("ibic_pipeline.check"), PackageLoader("schemas")]),
        autoescape=select_autoescape(["html", "html.j2"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"number": number, "first_lines": lines_of}
    content = {
        "checked": checked,
        "verdict": verdict(checked),
        "counts": {name: WORDS[name] for name in COUNTED},
        "headings": {name: HEADINGS[name] for name in checked.rader.column_names},
        "rows": checked.rader.slice(0, SHOWN_ROWS).to_pylist(),
        "total": checked.rader.num_rows,
        "repaired": checked.reparerat.slice(0, SHOWN_ROWS).to_pylist(),
        "repaired_total": checked.reparerat.num_rows,
        "listed": LISTED_REPAIRS,
    }
    write_text(environment.get_template("granskning.html.j2").render(content), path)
