"""An evidence folder: studies, the reviews that select them, facts, and what a site says of itself.

It holds `studies/*.yaml`, `reviews/NAME/review.yaml` (or `review.yaml`, a review by itself), and
may hold `facts/KIND.yaml`, `site.yaml`, `statements.yaml` and `aid.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from equipoise.errors import DataError
from equipoise.report.site.plan import SitePlan
from equipoise.synthesis.evidence import HERE as SHIPPED

Model = TypeVar("Model", bound=BaseModel)
OURS = "evidence"
"""Names the evidence that comes with equipoise, where no folder is called so."""


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """A folder and what it holds: `reviews` are folders with review.yaml, in order of name."""

    path: Path
    plan: SitePlan
    reviews: tuple[Path, ...]


def read_evidence(folder: str | Path) -> EvidenceFolder:
    """Find what an evidence folder holds.

    Raises
    ------
    DataError
        When there is no folder, no review in it, or site.yaml is wrong.
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
    plan = read_part(file, SitePlan) if file.is_file() else SitePlan()
    return EvidenceFolder(path, plan, tuple(reviews))


def read_part(path: Path, model: type[Model]) -> Model:
    """Read and check one YAML file of a site.

    Raises
    ------
    DataError
        When it is no YAML, or a field is wrong or unknown; each is named.
    """
    import yaml  # noqa: PLC0415

    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as error:
        raise DataError(f"{path} is no YAML: {error}") from None
    except ValidationError as error:
        told = "; ".join(
            ": ".join([".".join(str(step) for step in one["loc"]), one["msg"]])
            for one in error.errors()
        )
        raise DataError(f"{path} is wrong: {told}") from None
