"""Drives one page of a headless Chromium by its DevTools protocol: go, wait, click, read, take a picture."""
from __future__ import annotations

import base64
import contextlib
import http.cookiejar
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from .steps import SetupError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A laptop of an accountant.
WIDTH, HEIGHT = 1366, 768
START_SECONDS, WAIT_SECONDS = 60, 60
# The first page of a new database waits until Odoo has bundled its assets.
FIRST_PAGE_SECONDS = 240


class Page:
    """One browser with one page. ``errors`` collects what the page reports to its console as an error."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT):
        program = next((path for path in map(shutil.which, NAMES) if path), None)
        if program is None:
            raise SetupError("There is no Chromium. Install it: apt-get install chromium (as root).")
        self.errors: list[str] = []
        self._numbers = itertools.count(1)
        self._folder = tempfile.mkdtemp(prefix="fc-chromium-")
        # --no-sandbox: a sandbox needs rights that a container does not give; only our own server is visited.
        self._process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-US",
             "--remote-debugging-port=0", f"--user-data-dir={self._folder}", f"--window-size={width},{height}",
             "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._socket = self._connect()
        except BaseException:
            self._end()
            raise
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_error) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its folder."""
        with contextlib.suppress(Exception):
            self._socket.close()
        self._end()

    def go(self, url: str) -> None:
        """Load an address."""
        # A form with unsaved changes must not hold the page back by a question.
        self.run("window.onbeforeunload = null")
        self._call("Page.navigate", url=url)

    def run(self, script: str):
        """Run JavaScript in the page, await it, return its value. Raises AssertionError when it throws."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {_thrown(answer['exceptionDetails'])}")
        return answer["result"].get("value")

    def wait(self, condition: str, seconds: float = WAIT_SECONDS) -> None:
        """Wait until a JavaScript expression is true. Raises AssertionError after ``seconds``, with what is shown."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(AssertionError):  # while a page is replaced, there is nothing to ask
                if self.run(f"Boolean({condition})"):
                    return
            time.sleep(0.1)
        shown = self.run("document.body ? document.body.innerText : ''") or ""
        raise AssertionError(f"not true within {seconds} s: {condition}\nerrors: {self.errors}\nshown: {shown[:2000]}")

    def wait_for(self, selector: str, text: str = "", seconds: float = WAIT_SECONDS) -> None:
        """Wait until an element is there whose text contains ``text``."""
        self.wait(_matching(selector, text), seconds)

    def click(self, selector: str, text: str = "") -> None:
        """Wait for an element whose text contains ``text``, and click it in the same moment, before it can be drawn anew."""
        self.wait(f"(() => {{ const found = {_matching(selector, text)}; found?.click(); return found; }})()")

    def type(self, selector: str, text: str) -> None:
        """Write ``text`` into an input or text area, as a person would."""
        self.wait_for(selector)
        self.run(
            f"(() => {{ const field = document.querySelector({json.dumps(selector)}); field.focus();"
            f"field.value = {json.dumps(text)};"
            "field.dispatchEvent(new InputEvent('input', {bubbles: true}));"
            "field.dispatchEvent(new Event('change', {bubbles: true})); })()")

    def log_in(self, url: str, login: str, password: str) -> None:
        """Take a session of an Odoo server, and open its first page.

        The form is sent outside the browser: a page that is left while its scripts still load can block the browser's
        store for the next one, which then never starts.
        """
        self._call("Network.setCookie", url=url, name="session_id", value=_session(url, login, password))
        self.go(f"{url}/odoo")
        self.wait_for(".o_main_navbar", seconds=FIRST_PAGE_SECONDS)

    def settle(self) -> None:
        """Wait until nothing loads or moves: pictures and tests want the page as it stays."""
        self.wait("!document.querySelector('.o_loading_indicator, .o_blockUI') && document.fonts.status === 'loaded'")
        time.sleep(1)

    def picture(self) -> bytes:
        """The page as PNG bytes."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def _connect(self):
        import websocket

        port_file = Path(self._folder, "DevToolsActivePort")
        deadline = time.monotonic() + START_SECONDS
        while not (port_file.exists() and port_file.read_text().strip()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SetupError("Chromium did not start: run it by hand to see why (chromium --headless about:blank).")
            time.sleep(0.1)
        port = int(port_file.read_text().split()[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            page = next(target for target in json.load(answer) if target["type"] == "page")
        return websocket.create_connection(page["webSocketDebuggerUrl"], timeout=WAIT_SECONDS, suppress_origin=True)

    def _call(self, method: str, **params) -> dict:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message.get("method"), message.get("params", {}))

    def _note(self, method: str | None, params: dict) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(_thrown(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.errors.append(" ".join(str(part.get("value") or part.get("description")) for part in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _matching(selector: str, text: str) -> str:
    """A JavaScript expression: the first element of ``selector`` whose text contains ``text``, ignoring spaces."""
    return (
        f"[...document.querySelectorAll({json.dumps(selector)})].find((element) => "
        f"element.textContent.replace(/\\s+/g, ' ').includes({json.dumps(text)}))")


def _session(url: str, login: str, password: str) -> str:
    """The session id that Odoo gives for these credentials. Raises AssertionError when it refuses them."""
    cookies = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    form = opener.open(f"{url}/web/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    fields = urllib.parse.urlencode({"csrf_token": token, "login": login, "password": password})
    with opener.open(f"{url}/web/login", fields.encode()) as answer:
        assert not answer.url.endswith("/web/login"), f"{login} was refused at {url}"
    return next(cookie.value for cookie in cookies if cookie.name == "session_id")


def _thrown(details: dict) -> str:
    exception = details.get("exception", {})
    return str(exception.get("description") or exception.get("value") or details.get("text"))
