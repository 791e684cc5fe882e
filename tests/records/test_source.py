"""What may be opened by name or path."""

import pytest

from equipoise.errors import DataError
from equipoise.records import open_source


def test_a_name_that_is_nearly_a_dataset():
    with pytest.raises(DataError, match=r"no source 'self-blinding-microdos'. Did you mean 'self-"):
        open_source("self-blinding-microdos")


def test_a_plain_csv_says_what_is_missing(toy):
    toy.write()
    with pytest.raises(DataError, match=r"not a mapping file .* name the columns"):
        open_source(toy.folder / "trial.csv")


def test_a_mapping_file_is_a_source(toy):
    records = open_source(str(toy.write()))
    assert records.source.name == "trial.csv"
    assert len(records.source.sha256) == 64


def test_the_protocol_beside_the_mapping_must_exist(toy):
    path = toy.write()
    (toy.folder / "protocol.yaml").unlink()
    with pytest.raises(Exception, match=r"protocol.yaml"):
        open_source(path)
