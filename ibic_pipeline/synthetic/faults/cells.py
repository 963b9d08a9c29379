"""Every fault that changes one value."""

from __future__ import annotations

from ibic_pipeline.synthetic.faults.contradictions import WRONG
from ibic_pipeline.synthetic.faults.forms import FORMS
from ibic_pipeline.synthetic.faults.identities import NUMBERS
from ibic_pipeline.synthetic.faults.spots import Fault

CELL_FAULTS: tuple[Fault, ...] = (*WRONG, *FORMS, *NUMBERS)
