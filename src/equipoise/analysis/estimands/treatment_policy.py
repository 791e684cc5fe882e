"""Treatment policy: scores count whatever happened (ICH E9(R1), A.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.analysis.estimands.handled import Handled, by_arm

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.protocol import IntercurrentEvent

BETTER = (
    "reference-based imputation, or imputation from people who were followed after it (retrieved "
    "dropouts), says what treatment policy asks"
)


def keep_all(frame: pd.DataFrame, after: NDArray[np.bool_], event: IntercurrentEvent) -> Handled:
    """Change nothing; count what was seen after the event, and what was not.

    Parameters
    ----------
    frame : columns participant, visit, arm, score
    after : shape (rows,)
        Rows after the event.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from equipoise.protocol import IntercurrentEvent
    >>> event = IntercurrentEvent(event="stops", strategy="treatment-policy")
    >>> rows = pd.DataFrame({"participant": ["1", "1"], "arm": "drug", "score": [9.0, np.nan]})
    >>> keep_all(rows, np.array([False, True]), event).frame["score"].tolist()
    [9.0, nan]
    """
    if not after.any():
        return Handled(frame)
    name = repr(event.event)
    missing = int(frame["score"].isna().to_numpy()[after].sum())
    seen = int(after.sum()) - missing
    warnings = [
        f"{name} (treatment policy): {by_arm(frame, after)}; {seen} scores after it are used"
    ]
    assumptions = [f"Scores after {name} count as they are: the effect includes what followed it"]
    if missing and seen:
        warnings.append(
            f"After {name} {missing} of {missing + seen} scores are missing. A model that takes "
            "them as missing at random predicts them mostly from people whom it did not meet; "
            + BETTER
        )
    elif missing:
        warnings.append(
            f"Nobody was followed after {name} ({missing} scores are missing). Missing at random "
            "may contradict treatment policy here: what is estimated is close to the hypothetical "
            f"strategy; {BETTER}"
        )
    if missing:
        assumptions.append(
            f"Scores missing after {name} are like those of people alike in what the model holds"
        )
    return Handled(frame, tuple(assumptions), tuple(warnings))
