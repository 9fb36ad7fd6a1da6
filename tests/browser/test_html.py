"""The HTML itself: valid, and no link or anchor that leads nowhere."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .conftest import SITE, pages

HERE = Path(__file__).parent


class Anchors(HTMLParser):
    """Collect where a page leads, and what can be led to in it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note links and ids."""
        for key, value in attrs:
            if key in {"href", "src"} and value:
                self.links.add(value)
            elif key == "id":
                self.ids.add(value)


def test_the_html_is_valid():
    rules = ["--config", HERE / "htmlvalidate.json"]
    program = HERE / "node_modules" / ".bin" / "html-validate"
    run = subprocess.run(
        [program, *rules, *(SITE / name for name in pages())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def dead_links(site):
    """Name each link within the site that leads to no file or no anchor."""
    names = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    found = {path: Anchors(path.read_text(encoding="utf-8")) for path in names}
    dead = []
    for path, page in found.items():
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            folder = site if parts.path.startswith("/") else path.parent
            target = folder / unquote(parts.path).lstrip("/") if parts.path else path
            target = target.resolve()
            if not target.is_file():
                dead.append(f"{path.relative_to(site)}: {link}")
            elif parts.fragment and target.suffix == ".html":
                ids = found[target].ids if target in found else set()
                if unquote(parts.fragment) not in ids | {"top"}:
                    dead.append(f"{path.relative_to(site)}: {link}")
    return dead


def test_every_link_leads_somewhere():
    assert dead_links(SITE.resolve()) == []


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<p id="x"><a href="b.html#y"></a><a href="c.html"></a>')
    (tmp_path / "b.html").write_text('<a href="a.html#x"></a><a href="#z"></a>')
    assert dead_links(tmp_path) == ["a.html: b.html#y", "a.html: c.html", "b.html: #z"]
