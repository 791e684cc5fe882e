"""Virtual patients against the sanity run of the design notes, and against what must hold."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.special import ndtr, ndtri, stdtr

from equipoise.simulation import TrialStreams, scenario_key
from equipoise.simulation.patient_scenario import PatientScenario, calibrate, grounds
from equipoise.simulation.virtual_patients import STOPS, draw_patients, true_effects


def drawn(scenario, trials=400, seed=0, **options):
    streams = TrialStreams(scenario_key(scenario, seed=seed), 0, trials)
    return draw_patients(scenario, trials, streams, **options)


def ancova(draw):
    """Adjusted effect at the last visit in completers, and its one-sided p, per trial."""
    y = draw.seen[..., -1]
    stayed = ~np.isnan(y)
    x = np.stack([np.ones_like(y), draw.arm, draw.baseline], axis=-1) * stayed[..., None]
    y = np.where(stayed, y, 0)
    inverse = np.linalg.inv(x.mT @ x)
    beta = (inverse @ (x.mT @ y[..., None]))[..., 0]
    df = stayed.sum(axis=1) - 3
    rss = ((y - (x @ beta[..., None])[..., 0]) ** 2 * stayed).sum(axis=1)
    t = beta[:, 1] / np.sqrt(rss / df * inverse[:, 1, 1])
    return beta[:, 1], stdtr(df, t)


# design.md section 5, "Sanity run" (n = 150, 2,500 trials, another program):
# drug, belief effect, kappa, correct-guess rate, mean estimate, share that reject
SANITY = [
    (0, 3.0, 0.0, 0.50, -0.02, 0.029),
    (0, 3.0, 0.6, 0.59, -0.46, 0.059),
    (0, 1.5, 1.17, 0.71, -0.73, 0.078),
    (0, 3.0, 1.17, 0.71, -1.46, 0.186),
    (0, 3.0, 2.5, 0.89, -3.90, 0.766),
    (3, 0.0, 1.17, 0.71, -2.87, 0.553),
    (3, 3.0, 1.17, 0.71, -4.30, 0.860),
]


@pytest.mark.slow
@pytest.mark.parametrize("row", SANITY)
def test_sanity_run(row):
    drug, belief, kappa, rate, mean, rejects = row
    trials = 5_000
    scenario = PatientScenario(drug_effect=drug, belief_effect=belief, kappa=kappa, criterion=0)
    draw = drawn(scenario, trials)
    estimate, p = ancova(draw)
    monte_carlo = np.sqrt(1 / 2_500 + 1 / trials)
    assert (draw.guess == draw.arm).mean() == pytest.approx(rate, abs=0.0075)  # printed to .01
    assert estimate.mean() == pytest.approx(mean, abs=0.005 + 4 * estimate.std() * monte_carlo)
    spread = np.sqrt(rejects * (1 - rejects))
    assert (p < 0.025).mean() == pytest.approx(rejects, abs=4 * spread * monte_carlo)


@pytest.mark.parametrize("kappa", [0.6, 1.17, 2.5])
def test_correct_guess_rate_is_that_of_signal_detection(kappa):
    scenario = PatientScenario(kappa=kappa, criterion=0.2)
    draw = drawn(scenario)
    for arm, rate in enumerate(scenario.correct_guess_rate):
        right = (draw.guess == arm)[draw.arm == arm]
        assert right.mean() == pytest.approx(rate, abs=4 * 0.5 / np.sqrt(right.size))


def test_without_noise_of_belief_the_rate_is_the_textbook_one():
    for kappa in (0.65, 1.17, 2.5):  # design.md: CGR = Phi(kappa / 2) with c = 0 and no noise
        rates = PatientScenario(kappa=kappa, criterion=0, belief_noise=0).correct_guess_rate
        assert rates == pytest.approx((ndtr(kappa / 2), ndtr(kappa / 2)), abs=1e-12)


@given(st.floats(0.05, 4), st.floats(-1, 1), st.floats(0, 1))
def test_calibration_gives_back_what_was_observed(d_prime, criterion, noise):
    kappa, threshold = calibrate(d_prime, criterion, belief_noise=noise)
    scenario = PatientScenario(kappa=kappa, criterion=threshold, belief_noise=noise)
    right_on_placebo, hits = scenario.correct_guess_rate
    z_hits, z_false = ndtri(hits), ndtri(1 - right_on_placebo)
    assert z_hits - z_false == pytest.approx(d_prime, abs=1e-6)
    assert -(z_hits + z_false) / 2 == pytest.approx(criterion, abs=1e-6)


def test_implied_figures_of_the_design_notes():
    draw = drawn(PatientScenario(belief_effect=0), 1_000)
    last = draw.score[..., -1]
    assert np.isnan(draw.seen[..., -1]).mean() == pytest.approx(0.17, abs=0.01)
    assert last[draw.arm == 0].std() == pytest.approx(8.3, abs=0.1)
    assert np.corrcoef(draw.baseline.ravel(), last.ravel())[0, 1] == pytest.approx(0.39, abs=0.015)
    before = draw.score[..., -2].ravel()
    assert np.corrcoef(before, last.ravel())[0, 1] == pytest.approx(0.82, abs=0.01)
    response = (last <= draw.baseline / 2)[draw.arm == 0]
    assert response.mean() == pytest.approx(0.31, abs=0.015)


def test_selection_makes_the_mean_regress():
    draw = drawn(PatientScenario(course_classes=((1, 0, 0),), belief_effect=0), 1_000)
    # severity of those whose screening is at least 20: mean 24 + 25/34 * sqrt(34) * mills ratio
    cut = (24 - 20) / np.sqrt(34)
    mills = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi) / ndtr(cut)
    expected = 24 + 25 / np.sqrt(34) * mills
    assert draw.score.mean() == pytest.approx(expected, abs=0.1)
    assert draw.baseline.mean() == pytest.approx(expected, abs=0.1)


def test_inflated_screening_lets_milder_patients_in():
    honest = drawn(PatientScenario()).baseline.mean()
    assert drawn(PatientScenario(screening_inflation=2.0)).baseline.mean() < honest - 0.3


def test_arms_are_balanced_in_every_site_and_not_in_step_with_it():
    draw = drawn(PatientScenario(participants=33, sites=5), 500)
    for site in range(5):
        here = draw.arm[:, draw.site[0] == site]
        assert (abs(2 * here.sum(axis=1) - here.shape[1]) <= 1).all()
    assert draw.arm.mean(axis=0) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(500))


def test_expectancy_goes_with_the_course_as_asked():
    draw = drawn(PatientScenario(expectancy_course_corr=0.6, belief_effect=0, site_sd=0))
    better = draw.baseline - draw.score[..., -1]
    hidden = drawn(PatientScenario(expectancy_course_corr=0.0, belief_effect=0, site_sd=0))
    assert np.corrcoef(draw.expectancy.ravel(), better.ravel())[0, 1] > 0.4
    unrelated = hidden.baseline - hidden.score[..., -1]
    corr = np.corrcoef(hidden.expectancy.ravel(), unrelated.ravel())[0, 1]
    assert abs(corr) < 4 / np.sqrt(60_000)


def test_classes_of_course_mix_in_their_shares():
    classes = ((0.2, 0.0, 0.1), (0.5, 10.0, 0.1), (0.3, 20.0, 0.1))
    quiet = PatientScenario(
        course_classes=classes, severity_mean=40, rating_sd=0.01, severity_sd=0.01, visit_sd=0.01,
        site_sd=0, belief_effect=0,
    )  # fmt: skip
    drop = 40 - drawn(quiet).score[..., -1]
    shares = [(abs(drop - mean) < 2).mean() for _, mean, _ in classes]
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=0.01)


def test_scores_stay_in_range_and_nothing_is_seen_after_leaving():
    draw = drawn(PatientScenario(severity_mean=45, severity_sd=12, visit_sd=10))
    assert draw.score.min() >= 0
    assert draw.score.max() <= 60
    visits = np.arange(4)
    assert_array_equal(np.isnan(draw.seen), visits >= draw.left[..., None])
    completers = draw.left == 4
    assert_array_equal(draw.stop == -1, completers)
    assert set(np.unique(draw.stop[~completers])) == set(range(len(STOPS)))


def test_dropout_feels_belief_and_the_unseen():
    base = PatientScenario(dropout_by_change=0, dropout_by_belief=0)
    lean = drawn(replace(base, dropout_by_belief=-3.0))
    left = lean.left < 4
    assert left[lean.guess == 1].mean() < left[lean.guess == 0].mean() - 0.05
    unseen = drawn(replace(base, dropout_by_unseen=3.0))
    gone = unseen.left == 0
    assert unseen.score[..., 0][gone].mean() > unseen.score[..., 0][~gone].mean() + 1


def test_an_unblinded_rater_adds_to_the_effect():
    scenario = PatientScenario(belief_effect=0, kappa=2.5, criterion=0)
    told = replace(scenario, rater_unblinded=1.0, rater_effect=2.0)
    assert true_effects(scenario, trials=100).total == pytest.approx(0, abs=1e-12)
    assert true_effects(told, trials=100).total < -1.5


def test_true_effects_tell_drug_from_belief():
    null = true_effects(PatientScenario(kappa=1.17, criterion=0), trials=500)
    assert null.direct == pytest.approx(0, abs=1e-12)
    # the printed run's mean estimate for this scenario, and its Monte Carlo error
    assert null.total == pytest.approx(-1.46, abs=4 * 1.4 / np.sqrt(2_500))
    drug = true_effects(PatientScenario(drug_effect=3, belief_effect=0), trials=500)
    assert drug.total == pytest.approx(drug.direct, abs=1e-12)
    assert drug.still_blind == pytest.approx(drug.direct, abs=0.05)


def test_blocks_do_not_matter():
    scenario = PatientScenario(participants=20)
    key = scenario_key(scenario)
    whole = draw_patients(scenario, 7, TrialStreams(key, 0, 7))
    parts = [draw_patients(scenario, b - a, TrialStreams(key, a, b)) for a, b in [(0, 3), (3, 7)]]
    for field in fields(whole):
        joined = np.concatenate([getattr(part, field.name) for part in parts])
        assert joined.tobytes() == getattr(whole, field.name).tobytes()


def test_every_parameter_has_a_unit_and_a_ground():
    rows = grounds(PatientScenario())
    assert [row[0] for row in rows] == [field.name for field in fields(PatientScenario)]
    assert all(unit and ground for _, _, unit, ground in rows)
