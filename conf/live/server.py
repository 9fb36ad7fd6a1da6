"""Serve the built pages, each with what is to be mended, and show them again after a build."""

from __future__ import annotations

import threading
import time
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

EVENTS = "/-/built"
"""Where a page asks to be told of the next build."""

PATIENCE = 15
"""Seconds after which a page that waits is sent a line, which shows whether it is still there."""

SCRIPT = (Path(__file__).parent / "swap.js").read_text(encoding="utf-8").replace("EVENTS", EVENTS)

STYLE = """
#live-panel {
  position: fixed; inset: auto 1rem 1rem auto; z-index: 2000; max-width: min(60rem, 100vw - 2rem);
  max-height: 50vh; overflow: auto; padding: 0.5rem 1rem; border-left: 0.3rem solid #b3261e;
  background: Canvas; color: CanvasText; color-scheme: light dark; font: 0.85rem/1.5 monospace;
  box-shadow: 0 0 1rem #0006;
}
#live-panel li { white-space: pre-wrap; overflow-wrap: anywhere; }
"""

NO_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>No page</title></head>
<body><h1>There is no page here</h1>
<p>It was deleted or renamed, or could not be built. <a href="/">To the first page</a></p>
</body></html>
"""


class Server(ThreadingHTTPServer):
    """
    Serves a folder on this machine alone.

    Raises
    ------
    OSError
        If the port is in use.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder = folder
        self._changed = threading.Condition()
        self._messages: list[str] = []
        # Of the clock, so that a page of an earlier server is shown again, too.
        self._build = time.time_ns()

    @property
    def address(self) -> str:
        """Where to look at the book."""
        return f"http://127.0.0.1:{self.server_port}/"

    def start(self) -> None:
        """Answer in the background."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def publish(self, messages: list[str]) -> None:
        """Have the open pages show what was built, and these messages."""
        with self._changed:
            self._messages = messages
            self._build = time.time_ns()
            self._changed.notify_all()

    def is_built_after(self, build: str) -> bool:
        """Wait a while for another build than this one, and tell whether there is one."""
        with self._changed:
            return self._changed.wait_for(lambda: str(self._build) != build, PATIENCE)

    def finished(self, html: str) -> str:
        """Add the panel and the script to a page; the file stays as it was built."""
        with self._changed:
            script = f'<script data-live data-build="{self._build}">{SCRIPT}</script>'
            added = panel(self._messages) + script
        before, end, after = html.rpartition("</body>")
        return f"{before}{added}{end}{after}"


def panel(messages: list[str]) -> str:
    """Return the HTML that lists what is to be mended; none if there is nothing."""
    if not messages:
        return ""
    items = "".join(f"<li>{escape(message)}</li>" for message in messages)
    title = f"{len(messages)} to mend"
    return (
        f'<style data-live>{STYLE}</style><details data-live id="live-panel" open="open">'
        f"<summary>{title}</summary><ul>{items}</ul></details>"
    )


class Handler(SimpleHTTPRequestHandler):
    """Answers one request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def __init__(self, request: Any, client: Any, server: Server) -> None:
        super().__init__(request, client, server, directory=str(server.folder))

    def do_GET(self) -> None:
        """Send a page, a file, or the news that there was a build."""
        address = urlsplit(self.path)
        path = Path(self.translate_path(self.path))
        if address.path == EVENTS:
            self._send_news(parse_qs(address.query).get("after", [""])[0])
        elif address.path.endswith(("/", ".html")):
            self._send_page(path / "index.html" if address.path.endswith("/") else path)
        else:
            super().do_GET()

    def _send_page(self, path: Path) -> None:
        try:
            html, status = path.read_text(encoding="utf-8"), HTTPStatus.OK
        except OSError:
            html, status = NO_PAGE, HTTPStatus.NOT_FOUND
        body = self.server.finished(html).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_news(self, build: str) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while not self.server.is_built_after(build):
                self.wfile.write(b": waiting\n\n")
            self.wfile.write(b"data: built\n\n")
        except ConnectionError:
            pass  # The page was left.

    def end_headers(self) -> None:
        """Let the browser keep what has its digest in its address, and ask for the rest anew."""
        keeps = "?v=" in self.path
        self.send_header("Cache-Control", "max-age=31536000, immutable" if keeps else "no-cache")
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep the terminal for what the builds say."""
