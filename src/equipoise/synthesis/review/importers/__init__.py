"""Files of other programs, one module a format: found by being here.

A module has `NAME`, `recognises(name, text)`, and either `records(text)` (search results) or
`studies(text, options)` (numbers of studies, as study values).
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from equipoise.errors import DataError


def importers() -> dict[str, ModuleType]:
    """Return every importer by the name that `--format` takes, in alphabetical order."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name not in ("options", "arm_map"):
            module = importlib.import_module(f"{__name__}.{info.name}")
            found[module.NAME] = module
    return dict(sorted(found.items()))


def importer_for(name: str, text: str, wanted: str | None = None) -> ModuleType:
    """Return the importer of a file, by its name and its first lines, or the one asked for.

    Raises
    ------
    DataError
        When none or several recognise it.
    """
    known = {key: module for key, module in importers().items() if key != "trial"}
    if wanted is not None:
        if wanted not in known:
            raise DataError(f"There is no format {wanted!r}. These are: {', '.join(known)}.")
        return known[wanted]
    fit = [module for module in known.values() if module.recognises(name.lower(), text)]
    if len(fit) != 1:
        which = "No format" if not fit else " and ".join(module.NAME for module in fit)
        raise DataError(f"{which} fits {name}. Say which it is: --format {'|'.join(known)}.")
    return fit[0]
