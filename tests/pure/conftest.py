"""Makes the pure rooms importable without Odoo: `from fc.core.money import Money`.

`fc` is an alias of the folder finance_connector; its __init__.py is not executed: that imports models.
"""
import importlib.machinery
import importlib.util
import sys
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2] / "finance_connector"

if "fc" not in sys.modules:
    spec = importlib.machinery.ModuleSpec("fc", loader=None, is_package=True)
    spec.submodule_search_locations = [str(ADDON)]
    sys.modules["fc"] = importlib.util.module_from_spec(spec)
