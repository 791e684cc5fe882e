"""Under no effect the re-randomisation p of every procedure is at least as large as uniform."""

import numpy as np
import pytest
from allocation_specs import factor_specs, list_specs, name_of

from equipoise.allocation import apply_spec
from equipoise.analysis import randomisation_test

TRIALS = 600
N = 16
ALONE = {"constrained", "weekly-switching"}  # of clusters; of one person, often in one arm
EVERY = [s for s in list_specs(N) if len(s.arms) == 2 and s.name not in ALONE] + [
    s for s in factor_specs() if len(s.arms) == 2
]


@pytest.mark.slow
@pytest.mark.parametrize("spec", EVERY, ids=name_of)
def test_p_is_super_uniform_under_a_drift(spec):
    """Outcomes drift by two standard deviations, which spoils the t test; the design knows."""
    rng = np.random.default_rng(12)
    n = N if spec.length is None or spec.length >= N else spec.length
    p = []
    for _ in range(TRIALS):
        people = n
        if hasattr(spec, "factors"):
            people = [tuple(row) for row in rng.integers(0, 2, size=(n, 2)).tolist()]
        procedure = apply_spec(spec, people)
        score = rng.standard_normal(n) + np.linspace(0, 2, n)
        arm = procedure.redraw(rng, 1)[0]
        while not 0 < arm.sum() < n:
            arm = procedure.redraw(rng, 1)[0]
        p.append(randomisation_test(score, arm, procedure, draws=199, rng=rng).p)
    for level in (0.05, 0.1, 0.25, 0.5):
        rejected = np.mean(np.array(p) <= level)
        assert rejected <= level + 3.7 * np.sqrt(level * (1 - level) / TRIALS), (level, rejected)
