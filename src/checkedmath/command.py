"""The command ``checked-math``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

_NEEDS = (
    "checked-math needs lark and markdown-it-py; "
    "install them with: pip install 'oneoverm[checkedmath]'"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Check the displayed equations of Markdown files.

    Returns
    -------
    int
        0 if everything holds or is excused, 1 if something does not, 2 if a file cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        from checkedmath.checking import Settings  # noqa: PLC0415 (--help needs no lark)
        from checkedmath.files import check_file  # noqa: PLC0415
    except ModuleNotFoundError as error:
        print(f"{_NEEDS} ({error})", file=sys.stderr)
        return 2
    settings = Settings(draws=options.draws, seed=options.seed, timeout=options.timeout)
    findings = []
    for path in options.files:
        try:
            found = check_file(path, settings)
        except OSError as error:
            print(f"checked-math: {path}: {error.strerror or error}", file=sys.stderr)
            return 2
        except UnicodeDecodeError as error:
            print(f"checked-math: {path}: not UTF-8 at byte {error.start}", file=sys.stderr)
            return 2
        findings += found
    if options.json:
        print(json.dumps([finding.as_dict() for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
        _summarise([finding.passes for finding in findings])
    return 0 if all(finding.passes for finding in findings) else 1


def _summarise(passes: list[bool]) -> None:
    failed = passes.count(False)
    if not passes:
        print("no equality found: nothing was checked")
    elif failed:
        print(f"{failed} of {len(passes)} do not hold")
    else:
        print(f"all {len(passes)} hold or are excused")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="checked-math", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    check = commands.add_parser("check", help="check every displayed equation of Markdown files")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE.md")
    check.add_argument("--json", action="store_true", help="print a list of objects")
    check.add_argument("--draws", type=_positive, default=5, help="random draws (default: 5)")
    check.add_argument("--seed", type=_whole, default=0, help="seed of the draws (default: 0)")
    check.add_argument(
        "--timeout", type=float, default=30.0, help="seconds for each file (default: 30)"
    )
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0")
    return int(text)


def _positive(text: str) -> int:
    if _whole(text) < 1:
        raise argparse.ArgumentTypeError("at least one draw is needed")
    return int(text)
