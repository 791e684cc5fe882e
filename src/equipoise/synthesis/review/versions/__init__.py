"""Versions of a result: hashes, results on disk, and what differs between two of them."""
