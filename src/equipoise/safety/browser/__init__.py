"""The screen in the reader's browser: its data, its script, and vectors that hold both together."""

from pathlib import Path

from equipoise.safety.browser.export import browser_data, to_browser_json
from equipoise.safety.browser.vectors import shared_vectors

SCRIPT = Path(__file__).with_name("screen.js")
"""A classic script: no modules, no fetch, nothing stored, nothing sent."""

__all__ = ["SCRIPT", "browser_data", "shared_vectors", "to_browser_json"]
