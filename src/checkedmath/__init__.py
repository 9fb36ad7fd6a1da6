"""
LaTeX that runs.

Checked mathematics reads the displayed equations of a Markdown page, evaluates both sides of each
on random draws, derivatives included, and says where they differ and why.
"""

from checkedmath.checking import Settings, check_page
from checkedmath.files import check_file
from checkedmath.findings import Finding
from checkedmath.read.markdown import read_page

__all__ = ["Finding", "Settings", "check_file", "check_page", "read_page"]
