"""The script of the browser gives the results of Python, value for value, and reaches nowhere."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from equipoise.safety import Answers, crisis_block, screen
from equipoise.safety.browser import SCRIPT, browser_data, shared_vectors, to_browser_json

NODE, CHROMIUM = shutil.which("node"), shutil.which("chromium")
EVERY = """
const results = CASES.map(function (one) {
  return {
    result: EquipoiseScreen.screen(DATA, one),
    crisis_block: EquipoiseScreen.crisisBlock(DATA, one.country),
  };
});
"""


def in_node(script: str, folder: Path) -> str:
    file = folder / "run.js"
    load = f"require('vm').runInThisContext({json.dumps(SCRIPT.read_text('utf-8'))});\n"
    file.write_text(load + script + "\nconsole.log(JSON.stringify(results));", encoding="utf-8")
    done = subprocess.run([NODE, file], capture_output=True, check=True, text=True, timeout=60)  # noqa: S603
    return done.stdout


def in_chromium(script: str, folder: Path) -> str:
    page = folder / "run.html"
    escaped = script.replace("</", "<\\/")
    page.write_text(
        f"<!doctype html><meta charset=utf-8><pre id=out></pre><script>{SCRIPT.read_text('utf-8')}"
        f"</script><script>{escaped}\ndocument.getElementById('out').textContent = "
        "encodeURIComponent(JSON.stringify(results));</script>",
        encoding="utf-8",
    )
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [CHROMIUM, *flags, profile, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120)  # noqa: S603
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    return unquote(found[1])


@pytest.fixture(
    params=[
        pytest.param(in_node, marks=pytest.mark.skipif(not NODE, reason="node is not here")),
        pytest.param(in_chromium, marks=[
            pytest.mark.skipif(not CHROMIUM, reason="chromium is not here"),
            pytest.mark.slow,
        ]),
    ],
    ids=["node", "chromium"],
)  # fmt: skip
def run(request, tmp_path) -> Callable[[str], object]:
    return lambda script: json.loads(request.param(script, tmp_path))


def script_for(cases: list[dict]) -> str:
    return f"const DATA = {to_browser_json()};\nconst CASES = {json.dumps(cases)};\n{EVERY}"


def test_the_script_agrees_with_python_on_the_shared_vectors(run):
    cases = shared_vectors(500, np.random.default_rng(20261125))["cases"]
    found = run(script_for([case["input"] for case in cases]))
    for case, result in zip(cases, found, strict=True):
        assert result == case["expected"], case["input"]
    hits = [case["expected"]["result"]["hits"] for case in cases]
    assert sum(any(h["possible"] for h in each) for each in hits) > 50
    assert sum(bool(case["expected"]["result"]["unknown"]) for case in cases) > 100


HAND = [
    {"answers": {"suicide": "yes"}, "medicines": [], "substances": ["LSD"], "country": "GB"},
    {"answers": {}, "medicines": ["Priadel 400 mg", "ＰＲＯＺＡＣ"], "substances": ["psilocybin"]},
    {"answers": {}, "medicines": ["St John’s wort", "Straße", "50µg"], "substances": ["LSD"]},
    {"answers": {}, "medicines": ["", "$& {entered} <b>", "constructor"], "substances": ["LSD"]},
    {"answers": {}, "medicines": ["a + lithium + a", "lithium\u00a0and\u00a0b"],
     "substances": ["ketamine", "esketamine", "LSD"], "country": " us "},
    {"answers": {"heart": "not sure"}, "medicines": ["x"], "confirmed": {"x": "Nardil"},
     "substances": ["esketamine"], "country": "XX"},
]  # fmt: skip


def test_the_script_agrees_with_python_on_awkward_cases(run):
    for case, result in zip(HAND, run(script_for(HAND)), strict=True):
        answers = Answers(case["answers"], tuple(case["medicines"]), case.get("confirmed", {}))
        wanted = screen(answers, case["substances"]).to_dict()
        assert result["result"] == json.loads(json.dumps(wanted)), case
        block = crisis_block(case.get("country")).to_dict()
        assert result["crisis_block"] == json.loads(json.dumps(block))


WRONG = """
const results = [
  {answers: {pregnant: "yes"}, substances: ["LSD"]},
  {answers: {pregnancy: "maybe"}, substances: ["LSD"]},
  {answers: {}, substances: ["caffeine"]},
  {answers: {}, medicines: ["x"], confirmed: {x: "y"}, substances: ["LSD"]},
].map(function (one) {
  try { return EquipoiseScreen.screen(DATA, one); } catch (error) { return error.message; }
});
"""


def test_the_script_refuses_what_python_refuses(run):
    told = run(f"const DATA = {to_browser_json()};\n{WRONG}")
    assert [text.split(" ")[0] for text in told] == ["There", "The", "We", "y"]


def test_same_rules_same_bytes_and_nothing_that_ends_a_script():
    text = to_browser_json()
    assert text == to_browser_json()
    assert "<" not in text
    assert json.loads(text) == json.loads(json.dumps(browser_data()))


def test_same_seed_same_vectors():
    one, two = (shared_vectors(20, np.random.default_rng(3)) for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    "word",
    ["fetch", "XMLHttpRequest", "sendBeacon", "WebSocket", "import", "export", "localStorage",
     "sessionStorage", "indexedDB", "cookie", "location", "history", "eval", "innerHTML", "Date"],
)  # fmt: skip
def test_the_script_reaches_nowhere_and_keeps_nothing(word):
    code = re.sub(r"/\*.*?\*/|//.*", "", SCRIPT.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(rf"\b{word}\b", code)


def test_script_and_data_fit_the_budget_of_a_page():
    assert len(SCRIPT.read_bytes()) < 25_000
    assert len(to_browser_json().encode()) < 110_000
