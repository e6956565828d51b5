#!/usr/bin/env python3
"""Takes the pictures of docs/screens from a running demo: python3 scripts/fc.py python scripts/screens.py URL

``make demo`` prints the URL. With ``--trouble`` some things go wrong first, for good: use a demo of your own.
Each picture is what an accountant's laptop shows, 1366 by 768, under 150 kB.
"""
from __future__ import annotations

import io
import sys
from pathlib import Path

import screens_trouble

from fc_env.chromium import Page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screens"
LARGEST = 150_000
DEMO_LOGIN = "admin"
FIRST_ROW = ".o_data_row td.o_data_cell:not(.o_handle_cell)"


def main(url: str, trouble: bool) -> int:
    """Take every picture; returns the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Page() as page:
        page.log_in(url, DEMO_LOGIN, DEMO_LOGIN)
        if trouble:
            screens_trouble.make(page)
        for name, path, steps in SCREENS:
            page.go(f"{url}/odoo/{path}")
            for step in steps:
                step(page)
            page.settle()
            save(name, page.picture())
        for error in page.errors:
            print(f"the browser reports: {error}", file=sys.stderr)
        return 1 if page.errors else 0


def save(name: str, picture: bytes) -> None:
    """Write a picture with as few colours as keep it under LARGEST."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    kept, colours = _png(image), "all"
    for fewer in (256, 128, 64):
        if len(kept) > LARGEST:
            kept, colours = _png(image.quantize(fewer)), fewer
    (FOLDER / f"{name}.png").write_bytes(kept)
    print(f"{name}.png  {len(kept) // 1000} kB, {colours} colours")


def _png(image) -> bytes:
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def shows(selector: str, text: str = ""):
    return lambda page: page.wait_for(selector, text)


def click(selector: str, text: str = ""):
    return lambda page: page.click(selector, text)


SCREENS = (
    ("dashboard", "finance-dashboard", (shows(".o_fc_dashboard[data-status=ready]"), shows(".o_fc_flow canvas"))),
    ("exceptions", "finance-exceptions", (shows(".o_data_row"),)),
    ("exception", "finance-exceptions", (click(FIRST_ROW, "disputed"), shows(".o_fc_guidance_next"))),
    ("workbench", "finance-workbench", (click(".o_fc_tabs [data-state=ambiguous]"), shows(".o_fc_candidate"))),
    ("transactions", "finance-transactions", (shows(".o_data_row"),)),
    ("transaction", "finance-transactions", (click(FIRST_ROW, "Partially refunded"), shows(".o_fc_event"))),
    ("settlement", "finance-settlements", (click(FIRST_ROW, "Reconciled"), shows(".alert-success"))),
    ("bank-imports", "finance-imports", (shows(".o_data_row"),)),
    ("bank-lines", "finance-bank-lines", (click(".o_searchview_facet .o_facet_remove"), shows(".o_data_row"))),
    ("message", "finance-messages", (click(FIRST_ROW, "charge.refunded"), shows(".o_fc_raw_text"))),
    ("provider", "finance-providers", (click(FIRST_ROW), shows(".o_fc_checklist"))),
    ("audit", "finance-audit", (click(".o_control_panel button", "Verify chain"), shows(".o_notification", "intact"))),
)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1].rstrip("/"), "--trouble" in sys.argv))
