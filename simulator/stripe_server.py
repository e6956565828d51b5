"""Stripe's API on a loopback port: the lists of `stripe_api.StripeApi` over HTTP, with a key.

It can be told to fail, so that a caller's patience can be tried.
"""
from __future__ import annotations

import json
import time

from simulator.stripe_api import StripeApi

from .loopback import Loopback


class ApiError(Exception):
    """An answer in Stripe's error shape."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error",
                 retry_after: int | None = None):
        self.status, self.message, self.kind, self.retry_after = status, message, kind, retry_after
        super().__init__(message)


class StripeServer(Loopback):
    """The server: ``with StripeServer(api, key) as server``. What ``api`` holds may grow meanwhile."""

    def __init__(self, api: StripeApi, key: str, port: int = 0):
        super().__init__(port)
        self.api, self.key = api, key

    def fail_next(self, status: int = 500, message: str = "told to fail",
                  retry_after: int | None = None) -> None:
        """Answer the next call with an error."""
        self.faults.append(ApiError(status, message, "api_error", retry_after))

    def cut_next(self) -> None:
        """Break the next call off without an answer."""
        self.faults.append(None)

    def set_now(self) -> None:
        """Move the clock of what is served before each answer: here it is the machine's."""
        self.api.now = int(time.time())

    def respond(self, method: str, path: str, query: dict, content: bytes, headers: dict):
        try:
            with self.lock:
                if self.faults:
                    fault = self.faults.pop(0)
                    if fault is None:
                        return None
                    raise fault
                return 200, self.answer(method, path, query, headers.get("authorization", "")), None
        except ApiError as error:
            body = json.dumps({"error": {"type": error.kind, "message": error.message}}).encode()
            return error.status, body, error.retry_after

    def answer(self, method: str, path: str, query: dict, authorization: str) -> bytes:
        """The body for a GET. Raises ApiError."""
        if authorization != f"Bearer {self.key}":
            raise ApiError(401, "Invalid API Key provided.")
        self.set_now()
        try:
            if method != "GET":
                raise LookupError
            return self.api.call("GET", path, query)
        except LookupError:
            raise ApiError(404, f"Unrecognized request URL ({method}: {path}).") from None
        except ValueError as error:
            raise ApiError(400, str(error)) from None
