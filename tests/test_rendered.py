"""A report is left as it is exactly while all that it is made from, and what was made, is what it was."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.configuration.municipality import Municipality, load_municipality
from reports.rendered import RenderResult, fingerprint, note, unchanged

ROOT = Path(__file__).parents[1]


@pytest.fixture
def municipality(tmp_path: Path) -> Municipality:
    """A municipality whose folder may be changed."""
    folder = tmp_path / "1489-alingsas"
    shutil.copytree(ROOT / "municipalities" / "1489-alingsas", folder)
    return load_municipality(folder)


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    """A pointer, as `publish` makes it."""
    (tmp_path / "a.duckdb").write_bytes(b"a")
    pointer = tmp_path / "current.duckdb"
    pointer.symlink_to("a.duckdb")
    return pointer


def made(tmp_path: Path) -> RenderResult:
    paths = (tmp_path / "arsbokslut.html", tmp_path / "arsbokslut.pdf")
    for path in paths:
        path.write_text("rendered", encoding="utf-8")
    return RenderResult("arsbokslut", paths, "p", 3, 2, 4, (("Personal", "inget värde"),), b"\x89PNG")


def test_what_was_made_is_told_again(tmp_path: Path, publication: Path, municipality: Municipality) -> None:
    record, inputs = tmp_path / "build" / "record.json", fingerprint(publication, municipality, tmp_path / "adopted")
    assert unchanged(record, inputs) is None, "nothing was made yet"
    results = [made(tmp_path), replace(made(tmp_path), preview=None)]
    note(record, inputs, results)
    assert unchanged(record, fingerprint(publication, municipality, tmp_path / "adopted")) == results


def test_another_publication_text_or_choice_is_rendered(
    tmp_path: Path, publication: Path, municipality: Municipality
) -> None:
    inputs = {fingerprint(publication, municipality, tmp_path / "adopted")}
    text = next((municipality.folder / "texts").rglob("*.md"))
    text.write_text(text.read_text(encoding="utf-8") + "Tillägg.\n", encoding="utf-8")
    inputs.add(fingerprint(publication, municipality, tmp_path / "adopted"))
    with (municipality.folder / "municipality.yaml").open("a", encoding="utf-8") as file:
        file.write("# another\n")
    inputs.add(fingerprint(publication, municipality, tmp_path / "adopted"))
    publication.unlink()
    (tmp_path / "b.duckdb").write_bytes(b"b")
    publication.symlink_to("b.duckdb")
    inputs.add(fingerprint(publication, municipality, tmp_path / "adopted"))
    assert len(inputs) == 4


@pytest.mark.parametrize("harm", ["changed", "removed", "half a note"])
def test_what_is_not_as_it_was_made_is_rendered(tmp_path: Path, harm: str) -> None:
    record, result = tmp_path / "record.json", made(tmp_path)
    note(record, "inputs", [result])
    if harm == "changed":
        result.paths[1].write_text("rendereD", encoding="utf-8")
    elif harm == "removed":
        result.paths[1].unlink()
    else:
        record.write_text(record.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert unchanged(record, "inputs") is None
