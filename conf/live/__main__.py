"""Show the book in the browser, and again after each edit; see `conf.live`."""

from __future__ import annotations

import argparse
import signal
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch

from conf.live.builder import Builder, Report
from conf.live.server import Server

HTML = Path("build", "live", "html")


def main() -> int:
    """Build, serve, and watch until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="nox -s docs-live --", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes any that is free")
    parser.add_argument("--open-browser", action="store_true", help="open the first page")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server = Server(HTML, options.port)
    except OSError as error:
        print(f"Port {options.port} cannot be used: {error.strerror}.", file=sys.stderr)
        print("Is docs-live running already? Else: nox -s docs-live -- --port 0", file=sys.stderr)
        return 1
    builder = Builder()
    try:
        run(server, builder, options.open_browser)
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        builder.stop()
    return 0


def run(server: Server, builder: Builder, open_browser: bool) -> None:
    """
    Build once, and again after changes.

    All that changes while a build runs is one group, and leads to one more build.
    """
    changes = changed_files()
    next(changes)
    say("Building the book.")
    tell(server, builder.build())
    server.start()
    say(f"Open {server.address} (Ctrl+C stops it)")
    if open_browser:
        webbrowser.open(server.address)
    for files in changes:
        code = [file for file in files if file.parts[0] != "docs"]
        if code:
            say(f"{code[0]} changed: starting anew.")
            builder.stop()
            builder.start()
        tell(server, builder.build())


def changed_files() -> Iterator[list[Path]]:
    """Yield an empty list when the watch has begun, and then the files that changed, together."""
    here = Path.cwd()
    begun = False
    # The first time without a change comes after this many milliseconds.
    for changes in watch("docs", "src", "conf", step=20, rust_timeout=500, yield_on_timeout=True):
        if changes or not begun:
            begun = True
            yield sorted(Path(path).relative_to(here) for _, path in changes)


def tell(server: Server, report: Report) -> None:
    """Show what a build told in the terminal and in the pages."""
    for message in report.messages:
        say(message)
    found = f"{len(report.messages)} to mend" if report.messages else "nothing to mend"
    say(f"Checked in {report.seconds:.2f} s: {found}.")
    server.publish(report.messages)


def say(text: str) -> None:
    """Print at once, also where the output is no terminal."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
