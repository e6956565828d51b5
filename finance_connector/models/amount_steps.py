"""How amounts are drawn: each a step from zero or from where the last one ended, in words and percent."""

from odoo import models
from odoo.tools.misc import get_lang

_NO_BREAK = "\N{NO-BREAK SPACE}"
# What a step does to the drawing: begins at zero, or takes away from where the one before ended.
TOTAL, LESS = "total", "less"


class FinanceScreen(models.AbstractModel):
    _name = "finance.screen"
    _description = "Screen helper"

    def _money_text(self, amount, currency, signed=False):
        """``amount`` (major units) as a person reads it; ``currency`` may be inactive, or none yet.

        The sign stands in front of everything; ``signed`` shows it for money that comes in as well.
        """
        digits = currency.decimal_places if currency else 2
        lang = self.env["res.lang"].browse(get_lang(self.env).id)
        text = lang.format(f"%.{digits}f", abs(amount), grouping=True)
        sign = "" if text.strip("0.,") == "" else "-" if amount < 0 else "+" if signed else ""
        if currency and currency.symbol:
            parts = (currency.symbol, text) if currency.position == "before" else (text, currency.symbol)
            text = _NO_BREAK.join(parts)
        return sign + text

    def _amount_steps(self, rows, currency):
        """The drawing of ``rows`` = (key, label, amount, TOTAL or LESS): text, left edge, width in percent.

        Percents are for drawing only. A row that ends below zero moves the zero line to the right, so that it
        shows.
        """
        spans, level = [], 0.0
        for _key, _label, amount, mode in rows:
            start = 0.0 if mode == TOTAL else level
            level = amount if mode == TOTAL else start - amount
            spans.append((min(start, level), max(start, level)))
        lowest = min([0.0, *(span[0] for span in spans)])
        scale = max([0.0, *(span[1] for span in spans)]) - lowest or 1.0
        return [
            {
                "key": key,
                "label": label,
                "text": self._money_text(-amount if mode == LESS and amount else amount, currency),
                "less": mode == LESS,
                "zero": not amount,
                "zero_at": round(-lowest / scale * 100, 2),
                "left": round((low - lowest) / scale * 100, 2),
                "width": round((high - low) / scale * 100, 2),
            }
            for (key, label, amount, mode), (low, high) in zip(rows, spans, strict=True)
        ]
