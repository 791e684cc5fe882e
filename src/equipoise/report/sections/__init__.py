"""The page's sections, one a file.

A file holds ``PART`` (which part of the page), ``ORDER`` (its place there) and
``section(findings)``. To add a section, add a file.
"""
