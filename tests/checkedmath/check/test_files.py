"""A page uses other pages' declarations and definitions."""

import os

import pytest

from checkedmath import Settings, check_file
from checkedmath.page.files import load, used_pages

DECLARED = ":::{where}\n- $a \\in \\mathbb{R}$\n:::\n\n$$ P := 2 a $$\n"


@pytest.fixture
def check(tmp_path):
    def run(settings=None, /, **pages):
        for name, text in pages.items():
            path = tmp_path / f"{name.replace('__', '/')}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return check_file(tmp_path / "page.md", settings)

    run.folder = tmp_path
    return run


def uses(*names, claim="P = a + a"):
    return f":::{{where}}\n:uses: {' '.join(names)}\n:::\n\n$$ {claim} $$\n"


@pytest.mark.parametrize("name", ["other", "other.md", "./other", "other,"])
def test_definitions_of_a_used_page_are_known(check, name):
    assert [f.status for f in check(page=uses(name), other=DECLARED)] == ["holds"]


def test_pages_use_pages_in_folders_and_in_turn(check):
    (finding,) = check(
        page=uses("part/second"), part__second=uses("../first", claim="R := P"), first=DECLARED
    )
    assert finding.status == "holds"


def test_a_page_used_twice_is_read_once(check):
    pages = {"left": uses("first", claim="R := P"), "right": uses("first", claim="S := P")}
    (finding,) = check(page=uses("left", "right", claim="R = S"), first=DECLARED, **pages)
    assert finding.status == "holds"


def test_two_pages_may_use_each_other(check):
    (finding,) = check(
        page=uses("other", claim="a = a"), other=DECLARED + uses("page", claim="Q := a")
    )
    assert finding.status == "holds"


def test_a_page_cannot_use_itself(check):
    (finding, *_) = check(page=uses("page", claim="1 = 1"))
    assert (finding.line, finding.diagnosis) == (1, "a page cannot use itself")


@pytest.mark.parametrize("name", ["none", "x" * 5000, "part/../none", "~root/none", "a\0b"])
def test_a_page_that_is_not_there_is_told(check, name):
    (finding, *_) = check(page=uses(name, claim="1 = 1"))
    assert (finding.status, finding.line) == ("unreadable", 1)
    assert "cannot be read; expected it at" in finding.diagnosis


OUTSIDE = [
    "../none",
    "../" * 50 + "etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "part/../../none",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_outside_of_the_folder_is_not_read(check, tmp_path, name):
    (tmp_path.parent / "none.md").write_text(DECLARED)
    (finding, *_) = check(page=uses(name, claim="1 = 1"))
    assert (finding.status, finding.line) == ("unreadable", 1)
    assert finding.diagnosis == f"the page {name} is not read: it is outside of {tmp_path}"


def test_a_link_that_leads_outside_is_not_followed(check, tmp_path):
    (tmp_path.parent / "outside.md").write_text(DECLARED)
    (tmp_path / "other.md").symlink_to(tmp_path.parent / "outside.md")
    assert "is outside of" in check(page=uses("other"))[0].diagnosis


def test_a_link_to_itself_is_told(check, tmp_path):
    (tmp_path / "other.md").symlink_to(tmp_path / "other.md")
    assert "cannot be read" in check(page=uses("other"))[0].diagnosis


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_plain_file_is_not_waited_for(check, tmp_path):
    os.mkfifo(tmp_path / "other.md")
    assert "cannot be read" in check(page=uses("other"))[0].diagnosis


def test_pages_in_the_working_folder_may_use_each_other(check, tmp_path, monkeypatch):
    check(part__page=uses("../other"), other=DECLARED, page="")
    path = tmp_path / "part" / "page.md"
    assert "is outside of" in check_file(path)[0].diagnosis
    monkeypatch.chdir(tmp_path)
    assert [f.status for f in check_file(path)] == ["holds"]
    assert [f.status for f in check_file("part/page.md")] == ["holds"]


def test_a_chain_of_pages_has_an_end(check):
    pages = {f"p{n}": uses(f"p{n + 1}", claim="1 = 1") for n in range(150)}
    assert [f.status for f in check(page=uses("p100", claim="1 = 1"), **pages)][-1] == "holds"
    found = used_pages_mistakes(check, pages)
    assert found == ["pages use pages more than 100 deep; p100 is not read"]


def used_pages_mistakes(check, pages):
    check(page=uses("p0", claim="1 = 1"), **pages)
    path = check.folder / "page.md"
    used = used_pages(load(path), path)
    return [m.error.message for page in used.values() for m in page.mistakes]


def test_used_pages_share_the_timeout(check):
    found = check(Settings(timeout=0), page=uses("other"), other=DECLARED)
    assert {finding.status for finding in found} == {"timeout"}


def test_a_used_page_that_is_no_text_is_told(check):
    (finding, *_) = check(page=uses("other", claim="1 = 1"), other=b"\xff\xff")
    assert "cannot be read" in finding.diagnosis


def test_what_is_excused_on_a_used_page_defines_nothing(check):
    excused = (
        ":::{where}\n- $a \\in \\mathbb{R}$\n:::\n\n```{math}\n:unchecked: no\nP := 2 a\n```\n"
    )
    assert [f.status for f in check(page=uses("other"), other=excused)] == ["undeclared"]


def test_mistakes_of_a_used_page_are_told_there_and_named_here(check):
    (finding,) = check(page=uses("other", claim="P = 1"), other="$$ P := Q $$\n")
    assert finding.status == "undeclared"
    assert "other.md:1" in finding.diagnosis
    assert "Q is not declared" in finding.diagnosis


def test_a_name_of_a_used_page_is_not_declared_again(check):
    found = check(
        page=uses("other") + "\n:::{where}\n- $a \\in \\mathbb{R}$\n:::\n", other=DECLARED
    )
    assert "declared twice" in found[-1].diagnosis


def test_a_byte_order_mark_is_no_text(check):
    (finding,) = check(page=b"\xef\xbb\xbf$$\r\n1 = 2\r\n$$\r\n")
    assert (finding.line, finding.column) == (2, 3)
