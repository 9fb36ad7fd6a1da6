"""
Prepare a release: `nox -s release -- 0.2.0`.

The version is written wherever it stands, and the changelog's *Unreleased* becomes its section. A
prepared tree is only checked, so that the workflow of the tag runs the same command.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECTS = ("pyproject.toml", "src/pyproject.toml")
CITATION = "CITATION.cff"
CHANGELOG = "CHANGELOG.md"
NOTES = "build/notes.md"

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
IN_PROJECT = re.compile(r'^version = "(.*)"$', re.MULTILINE)
IN_CITATION = re.compile(r"^version: (.*)$(\ndate-released: .*)?", re.MULTILINE)
SECTION = re.compile(r"^## (\S+)(?: - (\S+))?\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def prepared(texts: dict[str, str], version: str, today: str) -> tuple[dict[str, str], str]:
    """
    Return the files' texts for the release, and its notes.

    Raises
    ------
    ValueError
        If the version is none, is not the next one, or nothing is said of it in the changelog.
    """
    if not VERSION.fullmatch(version):
        raise ValueError(f"expected a version such as 0.2.0, got {version!r}")
    for path in PROJECTS:
        if len(found := IN_PROJECT.findall(texts[path])) != 1:
            raise ValueError(f"{path} has {len(found)} lines 'version = …'; expected one")
        if _order(found[0]) > _order(version):
            raise ValueError(f"{path} is at {found[0]} already, which is later than {version}")
    if len(found := IN_CITATION.findall(texts[CITATION])) != 1:
        raise ValueError(f"{CITATION} has {len(found)} lines 'version: …'; expected one")
    changelog = texts[CHANGELOG]
    if section := _section(changelog, version):
        _, date, notes = section.groups()
        if not date:
            raise ValueError(f"{CHANGELOG}: expected '## {version} - {today}', got no date")
    elif (section := _section(changelog, "Unreleased")) and section[3].strip():
        date, notes = today, section[3]
        heading = f"## Unreleased\n\n## {version} - {date}\n"
        changelog = changelog.replace("## Unreleased\n", heading, 1)
    else:
        raise ValueError(
            f"{CHANGELOG} says nothing of {version}: write what changed under '## Unreleased'"
        )
    after = {path: IN_PROJECT.sub(f'version = "{version}"', texts[path]) for path in PROJECTS}
    cited = f"version: {version}\ndate-released: {date}"
    after |= {CITATION: IN_CITATION.sub(cited, texts[CITATION]), CHANGELOG: changelog}
    return after, notes.strip() + "\n"


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _section(changelog: str, name: str) -> re.Match[str] | None:
    return next((found for found in SECTION.finditer(changelog) if found[1] == name), None)


def main() -> None:
    """Write the files, and print what is to be done with them."""
    if len(sys.argv) != 2:
        sys.exit("which version? as in: nox -s release -- 0.2.0")
    (version,) = sys.argv[1:]
    paths = (*PROJECTS, CITATION, CHANGELOG)
    texts = {path: (ROOT / path).read_text("utf-8") for path in paths}
    today = datetime.now(UTC).date().isoformat()
    try:
        after, notes = prepared(texts, version, today)
    except ValueError as error:
        sys.exit(f"release: {error}")
    for path, text in {**after, NOTES: notes}.items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
    if after == texts:
        print(f"Everything agrees on {version}. What the release says is in {NOTES}.")
        return
    print(f"Written: {', '.join(path for path in paths if after[path] != texts[path])}")
    print("Read them, and what the release will say in", NOTES, "and then, on main:\n")
    print(f"  git commit --all --message 'Release {version}'")
    print(f"  git tag --annotate v{version} --message 'Release {version}'")
    print(f"  git push origin main v{version}")


if __name__ == "__main__":
    main()
