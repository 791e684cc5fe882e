"""A review in other programs' formats, one module a format: found by being here.

A module has `NAME` and `export(synthesis)`, which returns the text of each file by its name.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def exporters() -> dict[str, ModuleType]:
    """Return every exporter by the name that `--format` takes, in alphabetical order."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found[module.NAME] = module
    return dict(sorted(found.items()))
