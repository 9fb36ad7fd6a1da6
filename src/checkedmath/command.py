"""The command ``checked-math``."""

from __future__ import annotations

import argparse
import glob
import importlib.util
import io
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checkedmath.findings import Finding

_NEEDS = "checked-math needs lark and markdown-it-py; install them with: pip install checkedmath"

_CUT_OFF, _INTERRUPTED = 141, 130
"""Exit codes of a program that a signal ends: SIGPIPE, SIGINT."""

_GRACE = 1.0
"""Seconds beyond the timeout in which a check may end by itself and tell what it found."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Check the displayed equations of files, or the checks themselves.

    Returns
    -------
    int
        0 if everything holds or is excused and no mutant survived, 1 if not, 2 if a file cannot be
        read or a check cannot go on; 141 if nobody reads what is printed, 130 after Ctrl-C.
    """
    try:
        options = _parser(_set_by_file()).parse_args(arguments)
    except (OSError, ValueError) as error:
        print(f"checked-math: {error}", file=sys.stderr)
        return 2
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
    from checkedmath.evaluate.balls import MISSING  # noqa: PLC0415
    from checkedmath.findings import out_of_time  # noqa: PLC0415
    from checkedmath.formats import FORMATS, as_text  # noqa: PLC0415
    from checkedmath.latex.macros import macros_of  # noqa: PLC0415
    from checkedmath.timeout import Stopped, stopped_after  # noqa: PLC0415

    macros = macros_of(options.macros)
    settings = Settings(options.draws, options.seed, options.timeout, options.certify, macros)
    if options.certify and importlib.util.find_spec("flint") is None:
        print(f"checked-math: {MISSING}", file=sys.stderr)
        return 2
    findings: list[Finding] = []
    paths, unread = _files(options)
    for number, (path, named) in enumerate(paths.items(), start=1):
        _show_progress(f"[{number}/{len(paths)}] {path}" if len(paths) > 1 else "")
        try:
            with stopped_after(1.1 * options.timeout + _GRACE):
                findings += check_file(path, settings, if_it_opts_in=not named)
        except Stopped:
            findings.append(out_of_time(str(path)))
        except OSError as error:
            unread += [f"{path}: {error.strerror or error}"]
        except UnicodeDecodeError as error:
            unread += [f"{path}: not UTF-8 at byte {error.start}"]
        except Exception as error:  # noqa: BLE001 (a page is not to show our insides)
            unread += [f"{path}: {_our_mistake(error)}"]
    _show_progress("")
    for message in unread:
        print(f"checked-math: {message}", file=sys.stderr)
    if options.format == "text":
        print(as_text(findings, explained=options.explain))
    else:
        print(FORMATS[options.format](findings))
    if unread:
        return 2
    return 0 if all(finding.passes for finding in findings) else 1


def _files(options: argparse.Namespace) -> tuple[dict[Path, bool], list[str]]:
    """Return the files, each with whether it is named itself, and what is wrong with the names."""
    from checkedmath.page.files import files_in  # noqa: PLC0415

    paths: dict[Path, bool] = {}
    wrong = []
    for path in options.files:
        if path.is_dir():
            for each in files_in(path, options.exclude):
                paths.setdefault(each, False)
        elif any(sign in str(path) for sign in "*?[") and not path.exists():
            # A shell that does not expand patterns, such as that of Windows, hands them on.
            found = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207
            paths |= dict.fromkeys(found, True)
            wrong += [] if found else [f"{path}: no file has such a name"]
        else:
            paths[path] = True
    return paths, wrong


def _show_progress(text: str) -> None:
    """Show on a terminal which page is being checked."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _set_by_file() -> dict[str, Any]:
    """
    Return what ``[tool.checked-math]`` sets in the nearest pyproject.toml, as if it were typed.

    Raises
    ------
    ValueError
        If the file is no TOML, or sets what there is not.
    """
    here = Path.cwd()
    places = (folder / "pyproject.toml" for folder in (here, *here.parents))
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        return {}
    try:
        told = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("checked-math", {})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    lists = {name: told.pop(name) for name in ("files", "exclude") if name in told}
    certify, macros = told.pop("certify", False), told.pop("macros", {})
    if certify not in (True, False):
        raise ValueError(f"{path}: certify of [tool.checked-math] is true or false")
    if unknown := told.keys() - {"draws", "seed", "timeout"}:
        expected = "files, exclude, certify, macros, draws, seed or timeout"
        raise ValueError(f"{path}: [tool.checked-math] has {min(unknown)}; expected {expected}")
    for name, value in lists.items():
        if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise ValueError(f"{path}: {name} of [tool.checked-math] is no list of names")
    if type(macros) is not dict:
        raise ValueError(f"{path}: macros of [tool.checked-math] is no table of names")
    files = [path.parent / name for name in lists.pop("files", [])]
    given = {name: str(value) for name, value in told.items()}
    return given | lists | {"files": files, "certify": certify, "macros": macros}


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


def _parser(set_by_file: dict[str, Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="checked-math", description="Execute the equations that Markdown pages display."
    )
    commands = parser.add_subparsers(required=True, metavar="command", dest="command")
    check = commands.add_parser("check", help="check every displayed equation of files")
    mutants = commands.add_parser(
        "mutants", help="make every small mistake in the files' equations, and count those caught"
    )
    has_files = bool(set_by_file.get("files"))
    for command in (check, mutants):
        command.add_argument(
            "files",
            nargs="*" if has_files and command is check else "+",
            type=Path,
            metavar="PATH",
            help="a page, or a folder, of which the pages with something to check are checked",
        )
        command.add_argument(
            "--draws", type=_positive, default=5, help="first draws, at least 5 (default: 5)"
        )
        command.add_argument("--seed", type=_whole, default=0, help="their seed (default: 0)")
    check.add_argument(
        "--certify",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="prove each equality to 100 digits where it is drawn; it needs checkedmath[certified]",
    )
    check.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif"),
        default="text",
        help="what is printed: a line each, a list of objects, or what code hosts read",
    )
    check.add_argument(
        "--json", dest="format", action="store_const", const="json", help="--format json"
    )
    check.add_argument(
        "--explain", action="store_true", help="show the line and the sides of what does not pass"
    )
    check.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out the files of a folder whose path matches, such as 'drafts/*'",
    )
    check.add_argument(
        "--timeout", type=_seconds, default=30.0, help="seconds for each file (default: 30)"
    )
    check.set_defaults(**{"macros": {}} | set_by_file)
    mutants.set_defaults(**{k: v for k, v in set_by_file.items() if k in {"draws", "seed"}})
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
