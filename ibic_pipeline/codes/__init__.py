"""Official code lists: Socialstyrelsen's files as they are, to dated lists in a home, to the lists that a run uses."""

from ibic_pipeline.codes.changes import Change
from ibic_pipeline.codes.dated import code_lists, code_lists_fingerprint, dated_lists, lists_in_use
from ibic_pipeline.codes.imported import Imported, import_list

__all__ = [
    "Change",
    "Imported",
    "code_lists",
    "code_lists_fingerprint",
    "dated_lists",
    "import_list",
    "lists_in_use",
]
