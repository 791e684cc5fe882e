"""Have the file of a published dataset on this machine, and know that it is the right one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from equipoise.datasets.catalogue import Dataset, dataset
from equipoise.errors import FetchError

FOLDER_VARIABLE = "EQUIPOISE_DATA"

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all (None if the server does not say)."""


def fetch(name: str, *, progress: Progress | None = None, cache: Path | None = None) -> Path:
    """Return the path of a dataset's file, its checksum verified.

    The folder named by ``EQUIPOISE_DATA`` is looked in first, then the cache, then the pinned
    address.

    Parameters
    ----------
    name
        A name in `registry`.
    progress
        Called during a download with the bytes so far and in all.
    cache
        Where downloads are kept; by default the user's cache folder.

    Raises
    ------
    FetchError
        If the file cannot be had, or is not the published one.
    """
    wanted = dataset(name)
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        local = Path(folder) / wanted.filename
        if local.is_file():
            return _verified(local, wanted)
    return _download(wanted, progress, cache)


def _verified(path: Path, wanted: Dataset) -> Path:
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FetchError(f"{path} cannot be read: {error.strerror}.") from error
    if found != wanted.sha256:
        raise FetchError(
            f"{path} is not the published {wanted.name} data: expected sha256 {wanted.sha256}, "
            f"found {found}. Replace it by the file at {wanted.url} , or use your own data "
            f"through a mapping file."
        )
    return path


def _download(wanted: Dataset, progress: Progress | None, cache: Path | None) -> Path:
    import pooch  # noqa: PLC0415  (slow to import, and not needed with a local folder)

    folder = cache or Path(pooch.os_cache("equipoise"))
    bar = _Bar(progress) if progress else False
    try:
        path = pooch.retrieve(
            wanted.url,
            known_hash=f"sha256:{wanted.sha256}",
            fname=f"{wanted.sha256[:8]}-{wanted.filename}",
            path=folder,
            downloader=pooch.HTTPDownloader(progressbar=bar, timeout=30),
        )
    except (OSError, ValueError) as error:  # no network, or a checksum that differs
        raise FetchError(_advice(wanted, folder, error)) from error
    return Path(path)


def _advice(wanted: Dataset, folder: Path, error: Exception) -> str:
    here = os.environ.get(FOLDER_VARIABLE)
    looked = f"{here} has no {wanted.filename}" if here else f"{FOLDER_VARIABLE} is not set"
    return (
        f"The {wanted.name} data could not be fetched. Tried: {looked}; the cache {folder}; "
        f"{wanted.url} ({type(error).__name__}: {error}). Without a network, save that file as "
        f"{wanted.filename} in a folder and set {FOLDER_VARIABLE} to the folder "
        f"(sha256 {wanted.sha256})."
    )


class _Bar:
    """What pooch asks of a progress bar, handed on to a function."""

    def __init__(self, progress: Progress) -> None:
        self.total: int | None = None
        self.done = 0
        self.progress = progress

    def update(self, step: int) -> None:
        self.done += step
        self.progress(self.done, self.total or None)

    def reset(self) -> None:
        """Pooch rewinds its bar when a download ends, and updates it once more."""
        self.done = 0

    def close(self) -> None:
        """Nothing to close."""
