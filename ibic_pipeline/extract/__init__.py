"""From a delivery folder to raw tables of strings, each row with its record number; nothing is interpreted."""

from ibic_pipeline.extract.delivery import DeliveredFile, Delivery, delivery_of, find_delivery, profile_of_latest
from ibic_pipeline.extract.raw import RawTable, let_go, read_file

__all__ = [
    "DeliveredFile",
    "Delivery",
    "RawTable",
    "delivery_of",
    "find_delivery",
    "let_go",
    "profile_of_latest",
    "read_file",
]
