"""What was observed in a trial: checked tables, blinded or not, and the ways to read them."""

from equipoise.records.allocation_account import AllocationAccount, read_allocation_account
from equipoise.records.folder import read_folder, write_folder
from equipoise.records.frames import records_from_frames
from equipoise.records.hashing import content_hash
from equipoise.records.importing import import_table
from equipoise.records.mapping import Mapping, read_mapping
from equipoise.records.outcome import outcome_frame
from equipoise.records.outcome_grid import outcome_grid
from equipoise.records.quick import quick_table
from equipoise.records.records import UNSURE, BlindedRecords, UnblindedRecords
from equipoise.records.source import open_source
from equipoise.records.tables import BLINDED_TABLES, TABLES, Column, Table

__all__ = [
    "BLINDED_TABLES",
    "TABLES",
    "UNSURE",
    "AllocationAccount",
    "BlindedRecords",
    "Column",
    "Mapping",
    "Table",
    "UnblindedRecords",
    "content_hash",
    "import_table",
    "open_source",
    "outcome_frame",
    "outcome_grid",
    "quick_table",
    "read_allocation_account",
    "read_folder",
    "read_mapping",
    "records_from_frames",
    "write_folder",
]
