"""A load generator for the benchmarks: closes each connection when the answer is read, as a proxy in front of Odoo does."""

import multiprocessing
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor


def _one(address, payload):
    """(status, seconds) of one call, on a connection of its own."""
    started = time.perf_counter()
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(payload)
        answer = b""
        while b"\r\n\r\n" not in answer:
            chunk = connection.recv(65536)
            if not chunk:
                return 0, time.perf_counter() - started
            answer += chunk
    return int(answer[9:12]), time.perf_counter() - started


def _client(arguments):
    address, payloads, connections, start_at = arguments
    time.sleep(max(0, start_at - time.time()))
    with ThreadPoolExecutor(connections) as pool:
        return list(pool.map(lambda payload: _one(address, payload), payloads))


def request_bytes(path, body, signature):
    """The bytes of a signed POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nStripe-Signature: {signature}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def send(address, payloads, connections):
    """Send all ``payloads`` over ``connections`` at once: (requests a second, median ms, 99th percentile ms, statuses)."""
    start_at = time.time() + 0.3
    with multiprocessing.get_context("fork").Pool(1) as pool:
        (results,) = pool.map(_client, [(address, payloads, connections, start_at)])
    wall = time.time() - start_at
    seconds = sorted(result[1] for result in results)
    statuses = {}
    for status, _seconds in results:
        statuses[status] = statuses.get(status, 0) + 1
    p99 = seconds[int(len(seconds) * 0.99) - 1]
    return len(results) / wall, statistics.median(seconds) * 1000, p99 * 1000, statuses
