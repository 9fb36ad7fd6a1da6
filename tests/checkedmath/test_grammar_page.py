"""The page that documents the grammar tests itself: each of its equations is read and holds."""

from pathlib import Path

from checkedmath.check.files import check_file

PAGE = Path(__file__).parents[2] / "docs" / "about" / "what-a-page-may-write.md"


def test_each_line_of_the_page_holds():
    found = check_file(PAGE)
    assert [str(finding) for finding in found if finding.status != "holds"] == []
    assert len(found) > 60
