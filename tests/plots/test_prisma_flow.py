"""The PRISMA flow shows every line of its frame, inside its boxes."""

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle

from equipoise.plots import prisma_flow

FRAME = pd.DataFrame(
    [
        ("Identification", "Records identified\ndatabases (n = 12)", "Removed before screening\n"
         "duplicates (n = 2)"),
        ("Screening", "Records screened\nn = 10", "Records excluded\nn = 7"),
        ("Screening", "Reports assessed for eligibility\nn = 3", "Reports excluded\nno control "
         "group, and a reason so long that it goes on for a second line (n = 2)"),
        ("Included", "Included in review\nstudies (n = 1)", ""),
    ],
    columns=["stage", "box", "aside"],
)  # fmt: skip


def test_every_word_is_drawn_inside_a_box():
    ax = prisma_flow(FRAME)
    FigureCanvasAgg(ax.figure).draw()
    told = " ".join(text.get_text() for text in ax.texts).split()
    wanted = " ".join([*FRAME["box"], *FRAME["aside"], *FRAME["stage"].unique()]).split()
    assert all(told.count(word) >= wanted.count(word) > 0 for word in set(wanted))
    boxes = [p.get_window_extent() for p in ax.patches if isinstance(p, Rectangle)]
    for text in (text for text in ax.texts if text.get_text()):
        place = text.get_window_extent()
        assert any(
            box.x0 - 1 <= place.x0 and place.x1 <= box.x1 + 1
            and box.y0 - 1 <= place.y0 and place.y1 <= box.y1 + 1
            for box in boxes
        ), text.get_text()  # fmt: skip


def test_there_is_a_box_beside_only_where_something_leaves():
    ax = prisma_flow(FRAME)
    hollow = [p for p in ax.patches if isinstance(p, Rectangle) and not p.get_fill()]
    hollow = hollow or [p for p in ax.patches if p.get_facecolor()[3] == 0]
    assert len(hollow) == 4 + 3
