"""A load generator for the benchmarks: a connection a call, read to its end, as a proxy in front of Odoo does.

One process without threads, so that it takes as little as it can of the processors that the server is measured on.
"""

import multiprocessing
import selectors
import socket
import statistics
import time

_END_OF_HEAD = b"\r\n\r\n"
# A server that says nothing for so long has hung.
SILENCE_SECONDS = 60


class _Call:
    """One call on a connection of its own."""

    __slots__ = ("answer", "payload", "socket", "started")

    def __init__(self, address, payload):
        self.payload, self.answer, self.started = payload, b"", time.perf_counter()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.connect_ex(address)

    def go_on(self, events):
        """Send or read; whether the call is over."""
        if events & selectors.EVENT_WRITE:
            self.payload = self.payload[self.socket.send(self.payload) :]
            return False
        chunk = self.socket.recv(65536)
        self.answer += chunk
        return not chunk

    def result(self):
        """(status, seconds); the status of an answer that broke off is 0."""
        self.socket.close()
        status = int(self.answer[9:12]) if _END_OF_HEAD in self.answer else 0
        return status, time.perf_counter() - self.started


def _client(arguments):
    """(seconds of all calls together, [(status, seconds) of each])."""
    address, payloads, connections = arguments
    waiting, results, started = list(reversed(payloads)), [], time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _number in range(min(connections, len(waiting))):
            _begin(selector, address, waiting)
        while selector.get_map():
            ready = selector.select(SILENCE_SECONDS)
            if not ready:
                raise SystemExit(f"The server said nothing for {SILENCE_SECONDS} s.")
            for key, events in ready:
                call = key.data
                if call.go_on(events):
                    selector.unregister(call.socket)
                    results.append(call.result())
                    if waiting:
                        _begin(selector, address, waiting)
                elif events & selectors.EVENT_WRITE and not call.payload:
                    selector.modify(call.socket, selectors.EVENT_READ, call)
    return time.perf_counter() - started, results


def _begin(selector, address, waiting):
    call = _Call(address, waiting.pop())
    selector.register(call.socket, selectors.EVENT_WRITE, call)


def request_bytes(path, body, signature):
    """The bytes of a signed POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nStripe-Signature: {signature}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def send(address, payloads, connections):
    """Send all ``payloads`` over ``connections`` at once: (requests a second, median ms, 99th percentile ms, statuses)."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ((wall, results),) = pool.map(_client, [(address, payloads, connections)])
    seconds = sorted(result[1] for result in results)
    statuses = {}
    for status, _seconds in results:
        statuses[status] = statuses.get(status, 0) + 1
    p99 = seconds[int(len(seconds) * 0.99) - 1]
    return len(results) / wall, statistics.median(seconds) * 1000, p99 * 1000, statuses
