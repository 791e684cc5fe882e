import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from equipoise.plots import forest, to_svg
from equipoise.plots.ratio_ticks import ratio_ticks

STUDIES = pd.DataFrame(
    {
        "study": ["Alpha 2020", "Beta 2021", "Gamma 2022 with a name that goes on and on"],
        "estimate": [-0.5, -0.1, 0.3], "low": [-0.9, -9.0, 0.0], "high": [-0.1, 8.8, 0.6],
        "weight": [2.0, 1.0, 1.0], "dose": ["25 mg", "10 mg", None], "n": [30.0, 12.0, 44.0],
        "d1": ["Low", "high risk", "unclear"], "rob": ["Low", "Some concerns", "High"],
        "blind": ["yes", "no", "yes"],
    }
)  # fmt: skip
POOL = pd.DataFrame(
    {"label": ["All", "Blind"], "estimate": [-0.2, 0.1], "low": [-0.5, -0.2], "high": [0.1, 0.4],
     "subgroup": [None, "yes"]}
)  # fmt: skip


def texts(ax):
    found = [text.get_text() for text in ax.get_figure().findobj(Text)]
    return [text for text in found if text]


def test_every_study_stands_with_its_numbers_and_weight():
    shown = texts(forest(STUDIES, scale="SMD"))
    assert "Alpha 2020" in shown
    assert "Gamma 2022 with a name that g…" in shown
    assert "−0.50 [−0.90, −0.10]" in shown
    assert [t for t in shown if t.endswith("%")] == ["50.0%", "25.0%", "25.0%"]
    assert "SMD" in shown


def test_columns_judgements_and_favours_are_written():
    ax = forest(
        STUDIES, scale="SMD", columns={"dose": "Dose", "n": "People"}, rob=("d1", "rob"),
        favours=("favours drug", "favours placebo"),
    )  # fmt: skip
    shown = texts(ax)
    assert {"Dose", "25 mg", "People", "44", "D1", "All"} <= set(shown)
    assert {"← favours drug", "favours placebo →"} <= set(shown)
    assert "+ low · − some concerns · × high · ? no information" in shown
    signs = [t for t in shown if t in {"+", "!", "−", "×", "?"}]
    assert sorted(signs) == sorted(["+", "×", "?", "+", "−", "×"])  # never by colour alone


def test_an_interval_beyond_the_picture_ends_in_arrows():
    ax = forest(STUDIES, scale="SMD")
    left, right = ax.get_xlim()
    assert left > -9
    assert right < 8.8
    assert [line.get_marker() for line in ax.lines].count("<") == 1
    assert [line.get_marker() for line in ax.lines].count(">") == 1


def test_areas_of_squares_go_with_weights():
    ax = forest(STUDIES, scale="SMD")
    sides = [line.get_markersize() for line in ax.lines if line.get_marker() == "s"]
    assert sides[0] > sides[1] == sides[2]


def test_subgroups_have_headings_and_diamonds_and_the_pool_is_last():
    ax = forest(STUDIES, scale="SMD", summary=POOL, subgroup="blind", prediction=(-1.0, 0.7))
    shown = texts(ax)
    assert shown.index("yes") < shown.index("Alpha 2020") < shown.index("Blind")
    assert shown.index("Blind") < shown.index("no") < shown.index("Beta 2021") < shown.index("All")
    assert "[−1.00, 0.70]" in shown
    rows = [patch.get_xy()[0, 1] for patch in ax.patches if hasattr(patch, "get_closed")]
    assert len(rows) == 2


def test_ratios_have_a_log_axis():
    ax = forest(STUDIES, scale="Risk ratio", exponentiate=True)
    assert "0.61 [0.41, 0.90]" in texts(ax)
    ticks = [float(label.get_text()) for label in ax.get_xticklabels()]
    np.testing.assert_allclose(np.log(ticks), ax.get_xticks())
    assert 1 in ticks


@pytest.mark.parametrize("span", [(-5, 5), (-0.2, 0.2), (-0.05, 0.4), (0.01, 0.02), (-14, 2)])
def test_ticks_of_ratios_are_few_and_inside(span):
    ticks = ratio_ticks(*span)
    assert 1 <= len(ticks) <= 6
    if span != (0.01, 0.02):
        assert all(span[0] <= np.log(tick) <= span[1] for tick in ticks)
        assert 1 in ticks


@pytest.mark.parametrize("k", [1, 60])
@pytest.mark.parametrize("narrow", [False, True])
def test_one_and_sixty_studies_fit(k, narrow):
    many = pd.DataFrame(
        {"study": [f"Study {i}" for i in range(k)], "estimate": 0.2, "low": -0.1, "high": 0.5}
    )
    ax = forest(many, scale="SMD", narrow=narrow, rob={}, summary=POOL)
    width, height = 72 * ax.get_figure().get_size_inches()
    per_row = (height - 60) / (k + 1)
    assert per_row > 15  # letters of 8.5 points
    assert not narrow or width == pytest.approx(340)
    ax.get_figure().savefig(io.BytesIO(), format="png")


def test_missing_numbers_leave_an_empty_row():
    gone = STUDIES.assign(estimate=[np.nan, -0.1, 0.3], weight=[np.nan, 1, 1])
    shown = texts(forest(gone, scale="SMD"))
    assert "Alpha 2020" in shown
    assert not any("nan" in text for text in shown)


def test_same_figure_same_bytes():
    def draw():
        ax = forest(STUDIES, scale="SMD", rob=("d1",), summary=POOL, narrow=True)
        return to_svg(ax, name="forest", title="Forest", description="Three studies")

    assert draw() == draw()


def test_intervals_of_studies_much_alike_are_not_cut():
    estimate = np.array([-0.58, -0.50, -0.51])
    alike = pd.DataFrame({"study": list("ABC"), "estimate": estimate})
    ax = forest(alike.assign(low=estimate - 0.55, high=estimate + 0.55), scale="g")
    left, right = ax.get_xlim()
    assert left < -1.13
    assert right > 0.05
