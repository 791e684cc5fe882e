"""An evidence folder: studies, the reviews that select them, facts, and what a site says of itself.

It holds `studies/*.yaml`, `reviews/NAME/review.yaml` (or `review.yaml`, a review by itself), and
may hold `facts/KIND.yaml`, `site.yaml`, `statements.yaml` and `aid.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from equipoise.errors import DataError
from equipoise.report.site.plan import SitePlan
from equipoise.synthesis.evidence import HERE as SHIPPED
from equipoise.synthesis.evidence.facts import FOLDER, check_facts
from equipoise.synthesis.review.reading import read_checked

Model = TypeVar("Model", bound=BaseModel)
OURS = "evidence"
"""Names the evidence that comes with equipoise, where no folder is called so."""


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """A folder and what it holds: `reviews` are folders with review.yaml, in order of name."""

    path: Path
    plan: SitePlan
    reviews: tuple[Path, ...]

    @property
    def facts(self) -> Path:
        """Its folder of facts; where it has none, the register that comes with equipoise."""
        own = self.path / "facts"
        return own if own.is_dir() else FOLDER


def read_evidence(folder: str | Path) -> EvidenceFolder:
    """Find what an evidence folder holds.

    Raises
    ------
    DataError
        When there is no folder, no review in it, or site.yaml or a file of facts is wrong.
    """
    path = Path(folder)
    if str(folder) == OURS and not path.exists():
        path = SHIPPED
    if not path.is_dir():
        raise DataError(
            f"There is no evidence folder {path}: one with reviews/NAME/review.yaml in it. "
            f"`{OURS}` names the evidence that comes with equipoise."
        )
    own = [path] if (path / "review.yaml").is_file() else []
    reviews = own or sorted(file.parent for file in (path / "reviews").glob("*/review.yaml"))
    if not reviews:
        raise DataError(
            f"{path} holds no review: neither review.yaml nor reviews/NAME/review.yaml. "
            f"`equipoise review new {path / 'reviews' / 'my-review'}` starts one."
        )
    file = path / "site.yaml"
    plan = read_part(file, SitePlan) if file.exists() else SitePlan()
    check_facts(path / "facts")
    return EvidenceFolder(path, plan, tuple(reviews))


def read_part(path: Path, model: type[Model]) -> Model:
    """Read and check one YAML file of a site.

    Raises
    ------
    DataError
        When it is no YAML, or a field is wrong, unknown or given twice; each with its line.
    """
    return read_checked(path, model, f"a {path.stem} file", "`title: ...`")
