"""Hears all that a dialect says, as a connection would: calls, what they name, polls, lines of payouts, report files."""

import json
from datetime import timedelta

from fc.core.records import Request, Trust
from fc.providers import get

NOW = 1_790_000_000


class Hearing:
    """One merchant's provider, asked without a network. ``parsed`` is all that was understood, ``refused`` calls that were not
    taken for genuine."""

    def __init__(self, dialect):
        self.dialect, self.adapter, self.api = dialect, get(dialect.code), dialect.api()
        self.api.set_now(dialect.merchant.end + timedelta(hours=6))
        self.messages = list(dialect.messages())
        self.parsed, self._seen = [], set()

    def call(self, method, path, params, headers=None):
        """The ``call`` of an adapter."""
        sent = {name.lower(): value for name, value in
                {**self.adapter.request_headers(self.dialect.api_key), **(headers or {})}.items()}
        path = "/" + path.partition("://")[2].partition("/")[2] if "://" in path else path
        status, told = self.api.answer(method, path, {name: str(value) for name, value in params.items()}, params, sent)
        assert status == 200, (path, told)
        return told if isinstance(told, bytes) else json.dumps(told).encode()

    def verdict(self, message, how=""):
        """How the adapter judges the call of ``message``; None when it cannot be wrong in that way."""
        called = self.dialect.call(message, how, NOW)
        return None if called is None else self.judge(*called)

    def judge(self, body, headers):
        request = Request(body, tuple(headers.items()))
        trust = None
        if url := self.adapter.certificate_url(request, "test"):
            trust = Trust(self.call("GET", url, {}), self.dialect.anchors)
        return self.adapter.verify(request, list(reversed(self.dialect.secrets)), NOW, trust)

    def hear(self, messages):
        """Take the calls of ``messages``, and ask for what they name."""
        for message in messages:
            body, headers = self.dialect.call(message, "", NOW)
            assert self.judge(body, headers).ok, message
            self._take(Request(body))

    def _take(self, request):
        for one in self.adapter.messages(request):
            if one.envelope.external_id in self._seen:
                continue
            if not one.envelope.repeatable:
                self._seen.add(one.envelope.external_id)
            parsed = self.adapter.parse(Request(one.body))
            self.parsed.append(parsed)
            for wanted in parsed.fetches:
                self.parsed.append(self.adapter.parse_fetched(wanted, self.adapter.fetch(self.call, wanted)))

    def poll(self, cursor=None):
        """Ask for everything, and for the lines of the payouts that are known by then."""
        if "poll" in self.adapter.capabilities:
            for page in self.adapter.poll(self.call, cursor, self.api.now):
                cursor = page.cursor
                for request in page.requests:
                    self._take(request)
        if "balance_transactions" in self.adapter.capabilities:
            for key in sorted({info.external_id for one in self.parsed for info in one.settlements if info.itemizable}):
                self.parsed.append(self.adapter.parse_settlement(self.adapter.fetch_settlement(self.call, key), key))
        return cursor

    def read_reports(self):
        """Read every report file."""
        for key, _at in self.dialect.reports() if "report_file" in self.adapter.capabilities else ():
            content = self.dialect.report_of((key,))
            assert self.adapter.detect_report(content)
            self.parsed.append(self.adapter.parse_report(content))

    @property
    def facts(self):
        return [fact for one in self.parsed for fact in one.movements]
