"""A page that waits is told of the next build; what it gets is new, and the file stays as it is."""

import threading
import urllib.request

import pytest

from conf.live import server as serving
from conf.live.server import EVENTS, Server

PAGE = "<html><body><p>a</p></body></html>"


@pytest.fixture
def server(tmp_path):
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "book.css").write_text("p {}", encoding="utf-8")
    with Server(tmp_path, 0) as server:
        server.start()
        yield server
        server.shutdown()


def get(server, path=""):
    with urllib.request.urlopen(server.address + path, timeout=60) as answer:  # noqa: S310
        return answer.headers, answer.read().decode()


def build_of(html):
    return html.partition('data-build="')[2].partition('"')[0]


def test_a_page_that_waits_is_told_of_the_next_build(server, monkeypatch):
    monkeypatch.setattr(serving, "PATIENCE", 0.05)
    news = []
    address = f"{EVENTS.removeprefix('/')}?after={build_of(get(server)[1])}"
    waiting = threading.Thread(target=lambda: news.append(get(server, address)))
    waiting.start()
    waiting.join(0.2)
    assert news == []
    server.publish([])
    waiting.join(60)
    ((headers, text),) = news
    assert headers["Content-Type"] == "text/event-stream"
    assert text.startswith(": waiting\n\n")
    assert text.endswith("data: built\n\n")


def test_a_page_of_an_earlier_build_is_told_at_once(server):
    assert get(server, f"{EVENTS.removeprefix('/')}?after=1")[1] == "data: built\n\n"


def test_a_page_gets_the_panel_and_its_file_does_not(server):
    server.publish(["docs/a.md:3: WARNING: <b> & more"])
    html = get(server)[1]
    assert "<li>docs/a.md:3: WARNING: &lt;b&gt; &amp; more</li>" in html
    assert html.endswith("</script></body></html>")
    assert (server.folder / "index.html").read_text(encoding="utf-8") == PAGE


def test_only_what_has_its_digest_in_its_address_is_kept_by_the_browser(server):
    assert get(server)[0]["Cache-Control"] == "no-cache"
    assert get(server, "book.css")[0]["Cache-Control"] == "no-cache"
    assert "immutable" in get(server, "book.css?v=1")[0]["Cache-Control"]
