"""The command ``checked-math``."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkedmath.findings import Finding

_NEEDS = "checked-math needs lark and markdown-it-py; install them with: pip install checkedmath"

_CUT_OFF, _INTERRUPTED = 141, 130
"""Exit codes of a program that a signal ends: SIGPIPE, SIGINT."""

_GRACE = 1.0
"""Seconds beyond the timeout in which a check may end by itself and tell what it found."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Check the displayed equations of Markdown files, or the checks themselves.

    Returns
    -------
    int
        0 if everything holds or is excused and no mutant survived, 1 if not, 2 if a file cannot be
        read or a check cannot go on; 141 if nobody reads what is printed, 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        import checkedmath.check.files  # noqa: F401, PLC0415 (--help needs no lark)
    except ModuleNotFoundError as error:
        print(f"{_NEEDS} ({error})", file=sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _mutants(options) if options.command == "mutants" else _check(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough; what Python writes as it ends has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CUT_OFF
    except KeyboardInterrupt:
        print("checked-math: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 (whatever it is, a page is not to show our insides)
        print(f"checked-math: {_our_mistake(error)}", file=sys.stderr)
        return 2
    return code


def _our_mistake(error: Exception) -> str:
    name = type(error).__name__
    return f"this is a mistake of checked-math, not of the page; please report it: {name}: {error}"


def _check(options: argparse.Namespace) -> int:
    """Check the files, and print what was found."""
    from checkedmath.check.checker import Settings  # noqa: PLC0415
    from checkedmath.check.files import check_file  # noqa: PLC0415
    from checkedmath.findings import out_of_time  # noqa: PLC0415
    from checkedmath.timeout import Stopped, stopped_after  # noqa: PLC0415

    settings = Settings(draws=options.draws, seed=options.seed, timeout=options.timeout)
    findings: list[Finding] = []
    unread = False
    for path in options.files:
        try:
            with stopped_after(1.1 * options.timeout + _GRACE):
                findings += check_file(path, settings)
        except Stopped:
            findings.append(out_of_time(str(path)))
        except OSError as error:
            unread = True
            print(f"checked-math: {path}: {error.strerror or error}", file=sys.stderr)
        except UnicodeDecodeError as error:
            unread = True
            print(f"checked-math: {path}: not UTF-8 at byte {error.start}", file=sys.stderr)
        except Exception as error:  # noqa: BLE001 (a page is not to show our insides)
            unread = True
            print(f"checked-math: {path}: {_our_mistake(error)}", file=sys.stderr)
    if options.json:
        print(json.dumps([finding.as_dict() for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
        print(_summary(findings))
    if unread:
        return 2
    return 0 if all(finding.passes for finding in findings) else 1


def _mutants(options: argparse.Namespace) -> int:
    """Make every mutant of the files' equations, and see that the checks catch it."""
    from checkedmath.audit.book import NotPassingError  # noqa: PLC0415
    from checkedmath.audit.report import run  # noqa: PLC0415
    from checkedmath.check.checker import Settings  # noqa: PLC0415 (as above)

    try:
        report, passes = run(options.files, Settings(draws=options.draws, seed=options.seed))
    except NotPassingError as error:
        print(f"checked-math: mutants are made of pages that pass; {error}", file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as error:
        print(f"checked-math: {error}", file=sys.stderr)
        return 2
    print(report)
    return 0 if passes else 1


def _summary(findings: list[Finding]) -> str:
    """Count the findings in words."""
    counts = {
        "holds": ("holds", "hold"),
        "unchecked": ("excused", "excused"),
        "bad": ("does not pass", "do not pass"),
    }
    kinds = [finding.status if finding.passes else "bad" for finding in findings]
    words = [
        f"{kinds.count(kind)} {one if kinds.count(kind) == 1 else more}"
        for kind, (one, more) in counts.items()
        if kind in kinds
    ]
    return ", ".join(words) or "nothing to check was found"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="checked-math", description="Execute the equations that Markdown pages display."
    )
    commands = parser.add_subparsers(required=True, metavar="command", dest="command")
    check = commands.add_parser("check", help="check every displayed equation of Markdown files")
    mutants = commands.add_parser(
        "mutants", help="make every small mistake in the files' equations, and count those caught"
    )
    for command in (check, mutants):
        command.add_argument("files", nargs="+", type=Path, metavar="FILE.md")
        command.add_argument(
            "--draws", type=_positive, default=5, help="first draws, at least 5 (default: 5)"
        )
        command.add_argument("--seed", type=_whole, default=0, help="their seed (default: 0)")
    check.add_argument("--json", action="store_true", help="print a list of objects")
    check.add_argument(
        "--timeout", type=_seconds, default=30.0, help="seconds for each file (default: 30)"
    )
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0")
    return int(text)


def _positive(text: str) -> int:
    if not 1 <= _whole(text) <= 1000:
        raise argparse.ArgumentTypeError("from 1 to 1000 draws")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0")
    return seconds
