"""Composite: the event is part of the outcome, it is a failure (ICH E9(R1), A.3.2).

A failure is a score (here), the worst of all ranks (`trimmed_means`) or no response
(`risk_difference`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.analysis.estimands.handled import Handled, by_arm
from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import IntercurrentEvent

JUDGEMENT = "The failure value is a judgement: another value gives another effect"


def score_as_failure(
    frame: pd.DataFrame, after: NDArray[np.bool_], event: IntercurrentEvent
) -> Handled:
    """Give every score after the event, seen or not, the failure value.

    Parameters
    ----------
    frame : columns participant, visit, arm, score
    after : shape (rows,)
        Rows after the event.

    Raises
    ------
    NotIdentifiedError
        When the protocol names no failure value.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from equipoise.protocol import IntercurrentEvent
    >>> event = IntercurrentEvent(event="rescue", strategy="composite", failure_value=30)
    >>> rows = pd.DataFrame({"participant": ["1", "1"], "arm": "drug", "score": [9.0, np.nan]})
    >>> score_as_failure(rows, np.array([False, True]), event).frame["score"].tolist()
    [9.0, 30.0]
    """
    name = repr(event.event)
    if event.failure_value is None:
        raise NotIdentifiedError(
            f"{name} is a failure (composite), and the protocol does not say what score a failure "
            "has: give `failure_value`, or `measure: difference-in-trimmed-means` or "
            "`risk-difference`, which need none."
        )
    assumption = f"{name} is a failure: the score is {event.failure_value:g} from then on"
    if not after.any():
        return Handled(frame, (assumption,))
    warning = (
        f"{name} (composite): {by_arm(frame, after)}; {int(after.sum())} scores became "
        f"{event.failure_value:g}. {JUDGEMENT}"
    )
    score = frame["score"].mask(after, event.failure_value)
    return Handled(frame.assign(score=score), (assumption,), (warning,))
