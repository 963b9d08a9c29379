"""From a delivery folder to raw tables of strings, each row with its record number; nothing is interpreted."""

from ibic_pipeline.extract.delivery import DeliveredFile, Delivery, find_delivery
from ibic_pipeline.extract.raw import RawTable, read_file

__all__ = ["DeliveredFile", "Delivery", "RawTable", "find_delivery", "read_file"]
