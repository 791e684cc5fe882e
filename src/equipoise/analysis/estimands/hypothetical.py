"""Hypothetical: the scores that would have been, had the event not happened (ICH E9(R1), A.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.analysis.estimands.handled import Handled, by_arm

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import IntercurrentEvent


def set_aside(frame: pd.DataFrame, after: NDArray[np.bool_], event: IntercurrentEvent) -> Handled:
    """Make scores after the event missing; a model under missing at random fills them.

    Parameters
    ----------
    frame : columns participant, visit, arm, score
    after : shape (rows,)
        Rows after the event.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from equipoise.protocol import IntercurrentEvent
    >>> event = IntercurrentEvent(event="rescue", strategy="hypothetical")
    >>> rows = pd.DataFrame({"participant": ["1", "1"], "arm": "drug", "score": [9.0, 4.0]})
    >>> set_aside(rows, np.array([False, True]), event).frame["score"].tolist()
    [9.0, nan]
    """
    name = repr(event.event)
    assumption = (
        f"Had {name} not happened, scores would have run as in people of the same arm whom it did "
        "not meet and who are alike in all that the model holds (missing at random)"
    )
    if not after.any():
        return Handled(frame, (assumption,))
    seen = int(frame["score"].notna().to_numpy()[after].sum())
    warning = (
        f"{name} (hypothetical): {by_arm(frame, after)}; {seen} scores after it were set aside"
    )
    score = frame["score"].mask(after)
    return Handled(frame.assign(score=score), (assumption,), (warning,))
