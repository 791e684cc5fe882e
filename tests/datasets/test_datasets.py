"""The registry and the fetch: the right file, or a message that says how to get it."""

import hashlib
import http.server
import threading
from dataclasses import replace

import pytest

from equipoise import datasets
from equipoise.datasets import registry
from equipoise.errors import DataError, FetchError

NAME = "self-blinding-microdose"
CONTENT = b"trial_id,value\n" + b"1,2\n" * 5000


@pytest.mark.parametrize("name", sorted(registry()))
def test_every_entry_is_whole(name):
    entry = registry()[name]
    assert entry.name == name
    assert entry.mapping.is_file()
    assert entry.protocol.is_file()
    assert len(entry.sha256) == 64
    commit = entry.url.split("/")[5]
    assert len(commit) == 40  # pinned: a branch would change under the checksum
    assert entry.url.startswith("https://raw.githubusercontent.com/")
    assert "doi:10." in entry.citation
    assert entry.redistributable == (entry.licence == "MIT")
    assert entry.licence_note


def test_an_unknown_name_is_answered_with_a_near_one():
    with pytest.raises(DataError, match=r"Did you mean 'self-blinding-microdose'"):
        datasets.dataset("self-blinding-microdosing")


@pytest.mark.parametrize("name", sorted(registry()))
def test_the_local_folder_comes_first(trial_data, name):
    path = datasets.fetch(name)
    assert path.parent == trial_data
    rows = path.read_bytes().count(b"\n") - 1
    assert rows == registry()[name].rows


def test_a_local_file_with_another_checksum_is_refused(tmp_path, monkeypatch):
    entry = datasets.dataset(NAME)
    (tmp_path / entry.filename).write_bytes(CONTENT)
    monkeypatch.setenv("EQUIPOISE_DATA", str(tmp_path))
    found = hashlib.sha256(CONTENT).hexdigest()
    with pytest.raises(FetchError, match=rf"expected sha256 {entry.sha256}, found {found}"):
        datasets.fetch(NAME)


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format, *args):  # noqa: A002
        pass


@pytest.fixture
def served(monkeypatch):
    """Serve CONTENT on this machine in the place of the published file."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def pretend(sha256):
        url = f"http://127.0.0.1:{server.server_port}/data.csv"
        entry = replace(datasets.dataset(NAME), url=url, sha256=sha256)
        monkeypatch.setattr("equipoise.datasets.fetching.dataset", lambda _: entry)
        monkeypatch.delenv("EQUIPOISE_DATA", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        return entry

    yield pretend
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_is_verified_reported_and_kept(served, tmp_path):
    served(hashlib.sha256(CONTENT).hexdigest())
    seen = []
    path = datasets.fetch(NAME, progress=lambda done, total: seen.append((done, total)),
                          cache=tmp_path)  # fmt: skip
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    count = len(seen)
    assert datasets.fetch(NAME, progress=lambda *a: seen.append(a), cache=tmp_path) == path
    assert len(seen) == count  # from the cache


def test_a_download_with_another_checksum_is_refused_and_not_kept(served, tmp_path):
    served("0" * 64)
    with pytest.raises(FetchError, match=r"could not be fetched.*ValueError"):
        datasets.fetch(NAME, cache=tmp_path)
    assert not list(tmp_path.iterdir())


def test_offline_the_message_says_what_to_do(served, tmp_path, monkeypatch):
    entry = served("0" * 64)
    offline = replace(entry, url="http://127.0.0.1:9/data.csv")  # nobody listens there
    monkeypatch.setattr("equipoise.datasets.fetching.dataset", lambda _: offline)
    with pytest.raises(FetchError) as error:
        datasets.fetch(NAME, cache=tmp_path)
    message = str(error.value)
    for part in ("EQUIPOISE_DATA is not set", offline.url, "microdose_pacutes.csv", "sha256"):
        assert part in message
    monkeypatch.setenv("EQUIPOISE_DATA", str(tmp_path))
    with pytest.raises(FetchError, match=r"has no microdose_pacutes.csv"):
        datasets.fetch(NAME, cache=tmp_path)
