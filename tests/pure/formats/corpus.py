"""Where the corpus of real files is: the folder that FC_CORPUS names, or ``shared/corpus`` beside the
repository."""

import os
from pathlib import Path

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "corpus"


def folder():
    """The folder of the corpus, or None."""
    path = Path(os.environ["FC_CORPUS"]) if os.environ.get("FC_CORPUS") else BESIDE
    return path if path.is_dir() else None


def missing():
    """Why a test that needs the corpus is skipped."""
    return "no corpus of real files: neither FC_CORPUS nor ../shared/corpus is a folder"
