"""Starts real servers on copies of one prepared database. Everything made here is removed here."""
import os
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
for folder in (REPOSITORY, REPOSITORY / "scripts", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from support.play import play  # noqa: E402
from support.shop import Shop, drop_all, drop_left_over  # noqa: E402

from simulator.play.dump import dump  # noqa: E402


@pytest.fixture(scope="session")
def template():
    """The name of the database that has the addon and the demo's company; copies of it go at the end."""
    from fc_env.cli import prepare
    from simulator.story.database import SHOP

    odoo, variables = prepare()
    os.environ.update(variables)
    drop_left_over()
    yield SHOP.template(odoo)
    drop_all()


@pytest.fixture(scope="module")
def shop(template):
    """A shop that the tests of one module share; its scheduled actions run only when a test says so."""
    made = Shop(template)
    yield made
    made.close()


@pytest.fixture(scope="session")
def undisturbed(template):
    """The books of the story when nothing goes wrong."""
    made = Shop(template)
    try:
        play(made)
        return dump(made)
    finally:
        made.close()


@pytest.fixture
def open_shop(template):
    """A function that opens shops for one test: ``open_shop(**arguments of Shop)``."""
    opened = []

    def _open(**arguments):
        opened.append(Shop(template, **arguments))
        return opened[-1]

    yield _open
    for made in opened:
        made.close()
