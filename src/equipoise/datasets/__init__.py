"""Published data: where it is, whose it is, under which licence, and its checksum."""

from equipoise.datasets.catalogue import Dataset, dataset, registry
from equipoise.datasets.fetching import fetch

__all__ = ["Dataset", "dataset", "fetch", "registry"]
