"""What figures for people are drawn from: plain values made of the data, and no drawing.

Each figure has a twin in words or a table, and both are written from the same value; the macros
that draw are in templates/site/figures.html.
"""

from equipoise.report.site.figures.people import PeopleShown, people_shown

__all__ = ["PeopleShown", "people_shown"]
