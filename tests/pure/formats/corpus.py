"""Where the corpus of real files is: the folder that FC_CORPUS names, or ``shared/corpus`` beside the
repository."""

import os
from pathlib import Path

import pytest

from fc import formats

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "corpus"


def folder():
    """The folder of the corpus, or None."""
    path = Path(os.environ["FC_CORPUS"]) if os.environ.get("FC_CORPUS") else BESIDE
    return path if path.is_dir() else None


def missing():
    """Why a test that needs the corpus is skipped."""
    return "no corpus of real files: neither FC_CORPUS nor ../shared/corpus is a folder"


def outcomes(kinds, pattern):
    """Name of each file of the folders ``kinds`` -> list of its statements, or its FormatError; skips without a corpus."""
    corpus = folder()
    if corpus is None:
        pytest.skip(missing())
    found = {}
    for path in sorted(path for kind in kinds for path in (corpus / kind).rglob(pattern)):
        name = path.relative_to(corpus).as_posix()
        try:
            found[name] = list(formats.parse(path.read_bytes()))
        except formats.FormatError as error:
            found[name] = error
    return found
