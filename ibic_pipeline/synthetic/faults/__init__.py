"""Known faults, planted in made-up deliveries: what each is, where it can stand, and the code that must find it."""

from ibic_pipeline.synthetic.faults.contradictions import TEST_PERSON
from ibic_pipeline.synthetic.faults.plant import fault_codes, fault_names, keeps_content, plant, stops
from ibic_pipeline.synthetic.faults.records import DUPLICATE
from ibic_pipeline.synthetic.faults.sites import Planted

__all__ = ["DUPLICATE", "TEST_PERSON", "Planted", "fault_codes", "fault_names", "keeps_content", "plant", "stops"]
