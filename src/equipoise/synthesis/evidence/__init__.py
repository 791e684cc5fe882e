"""The evidence that comes with equipoise: studies one file each, and reviews that select them."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from equipoise.errors import DataError

HERE = Path(__file__).parent


def shipped_reviews() -> tuple[str, ...]:
    """Return the names of the reviews that come with equipoise, sorted.

    Examples
    --------
    >>> "microdosing-depression" in shipped_reviews()
    True
    """
    return tuple(sorted(file.parent.name for file in (HERE / "reviews").glob("*/review.yaml")))


def find_review(name: str | Path) -> tuple[Path, bool]:
    """Return the folder of a review, and whether it is one of ours (never written into).

    Raises
    ------
    DataError
        When there is neither such a folder nor such a review.
    """
    path = Path(name)
    if path.exists():
        return path, HERE in path.resolve().parents
    ours = HERE / "reviews" / str(name)
    if str(name) in shipped_reviews():
        return ours, True
    near = get_close_matches(str(name), shipped_reviews(), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise DataError(
        f"There is no folder {name}, and no review of that name.{hint} Reviews that come with "
        f"equipoise: {', '.join(shipped_reviews())}. `equipoise review new {name}` starts one."
    )
