"""The system's Chromium, which prints the book, reads it in the tests and is measured with it."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

# What it needs in a container, to ask nobody on the network anything, and to set letters where a
# browser with windows sets them.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)


def find() -> str:
    """
    Return the one that the variable CHROMIUM names, or one of Debian's.

    The one without windows comes first: a page opens in it in two thirds of the time.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    for name in (os.environ.get("CHROMIUM"), "chromium-headless-shell", "chromium"):
        if name and (found := shutil.which(name)):
            return found
    raise FileNotFoundError("there is no Chromium: apt-get install chromium-headless-shell")


def launch(playwright: Playwright) -> Browser:
    """Start it without a window."""
    return playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
