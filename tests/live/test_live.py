"""An edit is in the page, and so is what is wrong with it, until it is mended."""

import socket
import subprocess

import pytest

pytestmark = pytest.mark.book

PANEL = 'id="live-panel"'
WRONG = "docs/formula.md:10: WARNING: (twice) differs: "
WORDS = "off by exactly"


def test_an_edit_of_prose_is_in_the_page(live):
    live.replace("docs/index.md", "says one thing", "says another thing")
    assert PANEL not in live.page("index.html", "says another thing")
    live.line("nothing to mend")


def test_a_wrong_formula_is_told_in_the_page_and_the_terminal_until_it_is_mended(live):
    live.replace("docs/formula.md", "$$ 2 c = 2 a + 2 b $$", "$$ 2 c = 4 a + 4 b $$")
    html = live.page("formula.html", PANEL)
    assert f"<li>{WRONG}" in html
    assert "checked-mark-differs" in html
    live.line(WRONG)
    # Another edit does not hide it, and every page tells it.
    live.build("docs/index.md", "# A small book", "# A small book that is edited")
    assert WRONG in live.page("index.html", "A small book that is edited")
    live.replace("docs/formula.md", "$$ 2 c = 4 a + 4 b $$", "$$ 2 c = 2 a + 2 b $$")
    html = live.page("formula.html", PANEL, gone=True)
    assert "checked-mark-differs" not in html


def test_a_cell_that_fails_is_told_at_its_line_and_again_by_the_next_build(live):
    live.replace("docs/code.md", "6 * 7", "6 * 8")
    told = "docs/code.md:15: WARNING: cell failed: AssertionError: assert x == 42"
    assert f"<li>{told}" in live.page("code.html", PANEL)
    live.build("docs/index.md", "The first page", "This first page")
    assert told in live.page("index.html", "This first page")
    live.replace("docs/code.md", "6 * 8", "42 * 1")
    assert '<span class="mi">42</span>' in live.page("code.html", PANEL, gone=True)


def test_a_changed_declaration_checks_the_page_that_uses_it_and_prose_does_not(live):
    live.replace("docs/formula.md", "c := a + b", "c := a - b")
    html = live.page("user.html", PANEL)
    assert "docs/user.md:7: WARNING: (thrice) differs: " in html
    live.replace("docs/formula.md", "c := a - b", "c := a + b")
    live.page("user.html", PANEL, gone=True)


def test_a_page_that_is_added_renamed_and_deleted(live):
    live.write("docs/new.md", "# A new page\n")
    html = live.page("new.html", "WARNING: document isn&#x27;t included in any toctree")
    assert "<h1>A new page" in html
    live.replace("docs/index.md", "checks\n", "checks\nnew\n")
    assert "A new page" in live.page("user.html", PANEL, gone=True)
    (live.folder / "docs/new.md").rename(live.folder / "docs/renamed.md")
    live.page("new.html", "There is no page here", status=404)
    assert "nonexisting document &#x27;new&#x27;" in live.page("renamed.html", PANEL)
    live.replace("docs/index.md", "checks\nnew\n", "checks\n")
    (live.folder / "docs/renamed.md").unlink()
    live.page("renamed.html", "There is no page here", status=404)
    assert "A new page" not in live.page("user.html", PANEL, gone=True)


def test_an_edit_of_the_code_starts_anew(live):
    live.replace("src/checkedmath/sphinxext/report.py", "checked on this page", "seen on this page")
    live.line("src/checkedmath/sphinxext/report.py changed: starting anew.")
    live.page("formula.html", "1 equality is seen on this page")


def test_a_mistake_in_the_settings_is_told_until_it_is_mended(live):
    live.replace("conf/conf.py", 'project = "One over m"', 'project = "One over m')
    html = live.page("index.html", PANEL)
    assert "<li>Configuration error: There is a syntax error in your configuration file" in html
    live.replace("conf/conf.py", 'project = "One over m', 'project = "A live book"')
    live.page("index.html", "A live book")


def test_saves_during_a_build_lead_to_one_more_build(live):
    waits = (
        "import pathlib, time\n"
        "pathlib.Path('../started').touch()\n"
        "while not pathlib.Path('../go').exists():\n"
        "    time.sleep(0.02)\n"
    )
    live.replace("docs/code.md", "x = ", f"{waits}x = ")
    live.wait_for((live.folder / "started").exists)
    builds = len(live.lines("Checked in"))
    for number in range(5):
        live.replace("docs/index.md", "first page", f"first page, save {number}, of the first page")
        live.replace("docs/index.md", f"first page, save {number}, of the first page", "first page")
    live.replace("docs/index.md", "first page", "last page")
    (live.folder / "go").touch()
    live.page("index.html", "last page")
    live.replace("docs/code.md", waits, "")
    live.page("code.html", "pathlib", gone=True)
    live.wait_for(lambda: len(live.lines("Checked in")) >= builds + 3)
    assert len(live.lines("Checked in")) == builds + 3


def test_after_all_edits_the_files_are_those_of_a_clean_build(live):
    live.replace("docs/index.md", "# A small", "# The small")
    live.page("user.html", "The small")
    places = ["-d", "build/doctrees", "docs", "build/html"]
    clean = live.python("-m", "sphinx", "-j", "auto", "-c", "conf", "-W", *places)
    printed, _ = clean.communicate()
    assert clean.returncode == 0, printed
    clean, edited = (live.files(f"build/{name}") for name in ("html", "live/html"))
    assert set(edited) ^ set(clean) <= {".buildinfo.bak"}  # Sphinx's, of other settings
    assert [name for name in clean if edited[name] != clean[name]] == []


def test_a_port_in_use_is_told(live):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = live.python("-m", "conf.live", "--port", str(port))
        printed, _ = process.communicate()
    assert process.returncode == 1
    assert f"Port {port} cannot be used: " in printed
    assert "nox -s docs-live -- --port 0" in printed


def test_the_worker_ends_when_nobody_asks_for_builds(live):
    process = live.python("-m", "conf.live.worker", stdin=subprocess.DEVNULL)
    printed, _ = process.communicate()
    assert (process.returncode, printed) == (0, "")


def test_ctrl_c_ends_it_and_what_it_started(live):
    assert live.stop() == 0
    live.line("Stopped.")
    # It has ended when each process that could print has.
    live.wait_for(lambda: not live.reader.is_alive())
