"""Which arm of a file is what: proposed by us, confirmed by a person, kept in a file.

Registries key arms anew in every outcome, and data bases abbreviate them. A wrong map turns an
effect round, so an unconfirmed one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from equipoise.errors import DataError

FOLDER = "arm-maps"
GUESSES = (  # words in a label -> kind of arm; only ever proposed
    ("waitlist", "waiting-list"), ("waiting", "waiting-list"), ("usual", "usual-care"),
    ("no treatment", "no-treatment"), ("active placebo", "active-placebo"),
    ("niacin", "active-placebo"), ("midazolam", "active-placebo"), ("placebo", "inert-placebo"),
    ("sham", "inert-placebo"), ("therapy", "psychotherapy"),
)  # fmt: skip
CODES = {
    "wl": "waiting-list", "wlc": "waiting-list", "cau": "usual-care", "tau": "usual-care",
    "plac": "inert-placebo", "pla": "inert-placebo", "ncn": "active-placebo", "nt": "no-treatment",
}  # fmt: skip


def proposed(labels: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Propose what each arm is, from its key in the file and its words.

    Parameters
    ----------
    labels
        Key in the file -> words of the file about it.
    """
    found = {}
    for key, words in labels.items():
        text = words.lower()
        kind = CODES.get(key.lower()) or next((k for word, k in GUESSES if word in text), None)
        found[key] = {"words": words, "arm": words, "kind": kind or "experimental"}
    return found


def read_arm_map(path: Path) -> dict[str, Any] | None:
    """Return a stored arm map; None if there is none."""
    if not path.exists():
        return None
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict) or not isinstance(loaded.get("arms"), dict):
        raise DataError(f"{path}: an arm map has a mapping `arms`. Delete the file to start anew.")
    return loaded


def confirmed_map(path: Path, proposal: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the map of a file if a person has confirmed it; write the proposal if there is none.

    Raises
    ------
    DataError
        Until `confirmed_by` names a person, and when the file has an arm that the map lacks.
    """
    stored = read_arm_map(path)
    if stored is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {"file": name, "confirmed_by": None, **proposal}
        text = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100)
        path.write_text(text, encoding="utf-8")
        raise DataError(
            f"The arms of {name} are to be confirmed by a person. This is our guess, written to "
            f"{path}:\n\n{text}\nLook at every arm, correct what is wrong, write your name after "
            "`confirmed_by:` and import again."
        )
    if not stored.get("confirmed_by"):
        text = yaml.safe_dump(stored, sort_keys=False, allow_unicode=True, width=100)
        raise DataError(
            f"The arm map of {name} is not confirmed:\n\n{text}\nLook at every arm in {path} and "
            "write your name after `confirmed_by:`."
        )
    unknown = [key for key in proposal["arms"] if key not in stored["arms"]]
    if unknown:
        raise DataError(f"{path} says nothing about {', '.join(unknown)}, which {name} holds.")
    return stored


def arm_of(key: str, arms: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the arm of a study file for a key of the map.

    Beside `arm` (its name) and `kind`, an entry may hold any field that an arm has; `class` alone
    stands for a dose of which only the class is known.
    """
    told = dict(arms[key])
    arm = {"name": str(told.pop("arm", None) or key)}
    told.pop("words", None)
    if "class" in told:
        arm["dose"] = {"class": told.pop("class")}  # type: ignore[assignment]
    return arm | {name: value for name, value in told.items() if value is not None}
