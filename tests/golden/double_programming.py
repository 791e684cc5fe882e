"""A second programmer's closed forms, from the specification alone; equipoise is not imported.

Two arms and two guesses, a person a row: `cells[a, g]` holds the scores of arm `a` (1 active) and
guess `g` (1 active). Answers are keyed by slug, label and arm, as the command line's JSON is.
"""

import numpy as np
from scipy import stats


def answers(score, arm, guess):
    cells = {(a, g): score[(arm == a) & (guess == g)] for a in (0, 1) for g in (0, 1)}
    found = {}
    found |= _total(score[arm == 1], score[arm == 0])
    found |= _blinding(arm, guess)
    q = guess.mean()
    for label, share in (("plug-in", q), ("plug-in, q=0.500", 0.5)):
        found["belief-standardised-effect", label, None] = _standardised(cells, share)
    found |= _curves(cells)
    e1 = score[arm == 1].mean() - score[arm == 0].mean()
    e2 = found["belief-standardised-effect", "plug-in", None]["estimate"]
    found["belief-part", None, None] = {"estimate": e1 - e2}
    found |= _bounds(cells)
    return found


def _with_t(estimate, se, df):
    half = stats.t.ppf(0.975, df) * se
    p = 2 * stats.t.sf(abs(estimate / se), df)
    return {
        "estimate": estimate,
        "se": se,
        "low": estimate - half,
        "high": estimate + half,
        "df": df,
        "p": p,
    }


def _satterthwaite(parts):
    """Parts are (variance of a term, its df); returns the SE and the df of the sum."""
    v, df = (np.array(x, float) for x in zip(*parts, strict=True))
    return np.sqrt(v.sum()), v.sum() ** 2 / (v**2 / df).sum()


def _total(y1, y0):
    n1, n0 = len(y1), len(y0)
    s1, s0 = y1.var(ddof=1), y0.var(ddof=1)
    pooled = ((n1 - 1) * s1 + (n0 - 1) * s0) / (n1 + n0 - 2)
    e = y1.mean() - y0.mean()
    welch = _satterthwaite([(s1 / n1, n1 - 1), (s0 / n0, n0 - 1)])
    return {
        ("total-effect", None, None): _with_t(e, np.sqrt(pooled * (1 / n1 + 1 / n0)), n1 + n0 - 2),
        ("total-effect", "welch", None): _with_t(e, *welch),
    }


def _wilson(k, n):
    z, p = stats.norm.ppf(0.975), k / n
    middle = (p + z * z / 2 / n) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + (z / 2 / n) ** 2) / (1 + z * z / n)
    return np.array([middle - half, middle + half])


def _share(k, n):
    low, high = _wilson(k, n)
    p = k / n
    return {"estimate": p, "se": np.sqrt(p * (1 - p) / n), "low": low, "high": high}


def _blinding(arm, guess):
    right, n = (arm == guess).sum(), len(arm)
    found = {("correct-guess-rate", None, None): _share(right, n)}
    for a in (0, 1):
        rate = _share((guess[arm == a] == a).sum(), (arm == a).sum())
        found["correct-guess-rate", None, a] = rate
        bang = {f: 2 * rate[f] - 1 for f in ("estimate", "low", "high")} | {"se": 2 * rate["se"]}
        found["bang-index", None, a] = bang
    n1, n0 = (arm == 1).sum(), (arm == 0).sum()
    one, zero = _share(guess[arm == 1].sum(), n1), _share(guess[arm == 0].sum(), n0)
    p1, p0 = one["estimate"], zero["estimate"]
    found["belief-difference-index", None, None] = {
        "estimate": p1 - p0,
        "se": np.hypot(one["se"], zero["se"]),
        "low": p1 - p0 - np.hypot(p1 - one["low"], zero["high"] - p0),
        "high": p1 - p0 + np.hypot(one["high"] - p1, p0 - zero["low"]),
    }
    by_chance = (n1 * (n - guess.sum()) + n0 * guess.sum()) / n**2
    found["james-index", None, None] = {"estimate": (1 - right / n) / by_chance / 2}
    joint = np.histogram2d(arm, guess, bins=2)[0] / n
    apart = joint.sum(1, keepdims=True) * joint.sum(0)
    found["information-leak", "plug-in", None] = {
        "estimate": (joint * np.log2(joint / apart)).sum()
    }
    return found


def _standardised(cells, q):
    e, parts = 0.0, []
    for (a, g), y in cells.items():
        w = (1 if a else -1) * (q if g else 1 - q)
        e += w * y.mean()
        parts.append((w * w * y.var(ddof=1) / len(y), len(y) - 1))
    return _with_t(e, *_satterthwaite(parts))


def _curves(cells):
    n = {key: len(y) for key, y in cells.items()}
    m = {key: y.mean() for key, y in cells.items()}
    a = n[0, 0] / (n[0, 0] + n[1, 1])
    b = n[1, 0] / (n[1, 0] + n[0, 1])
    found = {}
    for k in range(13):
        c = k / 12
        active = np.average([m[1, 1], m[1, 0]], weights=[c * (1 - a), (1 - c) * b])
        control = np.average([m[0, 0], m[0, 1]], weights=[c * a, (1 - c) * (1 - b)])
        even = c * (m[1, 1] - m[0, 0]) + (1 - c) * (m[1, 0] - m[0, 1])
        found["correct-guess-rate-curve", f"{c:.3f}", None] = {"estimate": active - control}
        found["correct-guess-rate-curve-symmetric", f"{c:.3f}", None] = {"estimate": even}
    return found


def _trimmed(scores, share):
    """Mean of the first `share` of the scores, the one on the border in part."""
    kept = share * len(scores)
    return np.average(scores, weights=np.clip(kept - np.arange(len(scores)), 0, 1))


def _bounds(cells):
    p1, p0 = (len(cells[a, 1]) / (len(cells[a, 1]) + len(cells[a, 0])) for a in (1, 0))
    if p1 < p0:
        return {}
    always, never = np.sort(cells[1, 1]), np.sort(cells[0, 0])
    limits = []
    for order in (1, -1):
        one = _trimmed(always[::order], p0 / p1) - cells[0, 1].mean()
        two = cells[1, 0].mean() - _trimmed(never[::-order], (1 - p1) / (1 - p0))
        limits.append((p0 * one + (1 - p1) * two) / (p0 + 1 - p1))
    return {
        ("principal-strata-bounds", "belief-invariant", None): dict(
            zip(("low", "high"), limits, strict=True)
        ),
        ("belief-invariant-share", None, None): {"estimate": p0 + 1 - p1},
    }
