"""Waking the scheduled actions when there is work: at most about once a second, never inside a webhook's transaction."""

import logging
import threading
import time

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)
# A wake-up costs as much as some messages, so a burst shares them.
_SOON_SECONDS, _BURST_SECONDS = 0.05, 1.0
_pending, _last_wake = set(), {}
_lock = threading.Lock()
# Whether one of our scheduled actions has done anything since an earlier progress of it.
_PROGRESSED = """
SELECT 1 FROM ir_cron_progress p
  JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = p.cron_id AND d.module = 'finance_connector'
 WHERE p.cron_id = %s AND p.id > %s AND p.done > 0 LIMIT 1
"""


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    @api.model
    def _wake(self, *xmlids):
        """Trigger scheduled actions as part of the current transaction."""
        for xmlid in xmlids:
            cron = self.env.ref(xmlid, raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()

    @api.model
    def _wake_inbox_soon(self):
        """Trigger the inbox workers shortly after the current transaction commits.

        A burst of webhooks gives one wake-up, by a timer of this process; a webhook itself writes nothing but its message.
        Should the process die before the timer fires, the scheduled action runs on its clock.
        """
        self.env.cr.postcommit.add(lambda dbname=self.env.cr.dbname: wake_inbox_later(dbname))


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _reschedule_asap(self, job):
        """One of ours that did something and has more to do goes on as soon as the other jobs had their turn: without a word the
        cron workers would look again only after a minute, and a night's work would take hours.

        So each of them can stop when the time of its run is used up (`_commit_progress` says so); longer than some minutes, and
        Odoo kills the process that it runs in.
        """
        super()._reschedule_asap(job)
        # What the job committed is newer than this transaction.
        with self.env.registry.cursor() as cr:
            cr.execute(_PROGRESSED, [job["id"], job["progress_id"] or 0])
            progressed = cr.rowcount
        if progressed:
            self.env.cr.postcommit.add(self._notifydb)


def wake_inbox_later(dbname):
    """Start the timer for database ``dbname`` unless it is running: soon for a single message, once a second in a burst."""
    now = time.monotonic()
    with _lock:
        if dbname in _pending:
            return
        _pending.add(dbname)
        delay = max(_SOON_SECONDS, _last_wake.get(dbname, 0) + _BURST_SECONDS - now)
        _last_wake[dbname] = now + delay
    timer = threading.Timer(delay, _wake_inbox, (dbname,))
    timer.daemon = True
    timer.start()


def _wake_inbox(dbname):
    with _lock:
        _pending.discard(dbname)
    try:
        with Registry(dbname).cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["finance.message"]._trigger_processing()
    except Exception:  # the scheduled action runs on its clock as well
        _logger.warning("The inbox could not be woken; it will run on its clock", exc_info=True)
