"""
Prepare a release: `nox -s release -- 0.2.0`.

The version is written wherever it stands, and the changelog's *Unreleased* becomes its section. The
first release also writes the addresses of the repository and of the book, which are known by then.
A prepared tree is only checked, so that the workflow of the tag runs the same command.
"""

import re
import subprocess
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


def addresses(remote: str) -> dict[str, str]:
    """Return the addresses that PyPI shows, by their names; none if it is not on GitHub."""
    found = re.search(r"github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$", remote.strip())
    if found is None:
        return {}
    owner, name = found.groups()
    repository = f"https://github.com/{owner}/{name}"
    return {
        "Documentation": f"https://{owner.lower()}.github.io/{name}/",
        "Repository": repository,
        "Issues": f"{repository}/issues",
        "Changelog": f"{repository}/blob/main/CHANGELOG.md",
    }


def addressed(texts: dict[str, str], urls: dict[str, str]) -> dict[str, str]:
    """Return the texts with the addresses where they have none."""
    missing = [path for path in PROJECTS if "[project.urls]\n" not in texts[path]]
    if missing and not urls:
        message = f"{missing[0]} has no [project.urls], and the remote is not on GitHub"
        raise ValueError(f"{message}: write Documentation and Repository there")
    table = "[project.urls]\n" + "".join(f'{name} = "{url}"\n' for name, url in urls.items())
    behind = "[project.optional-dependencies]\n"
    after = {path: texts[path].replace(behind, f"{table}\n{behind}", 1) for path in missing}
    if urls and "\nrepository-code: " not in texts[CITATION]:
        cited = f"\nrepository-code: {urls['Repository']}\nurl: {urls['Documentation']}\nlicense: "
        after[CITATION] = texts[CITATION].replace("\nlicense: ", cited, 1)
    return texts | after


def prepared(
    texts: dict[str, str], version: str, today: str, urls: dict[str, str]
) -> tuple[dict[str, str], str]:
    """
    Return the files' texts for the release, and its notes.

    Raises
    ------
    ValueError
        If the version is none, is not the next one, or nothing is said of it in the changelog, or
        if there are no addresses.
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
    return addressed(after, urls), notes.strip() + "\n"


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
    command = ["git", "config", "remote.origin.url"]
    origin = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    today = datetime.now(UTC).date().isoformat()
    try:
        after, notes = prepared(texts, version, today, addresses(origin.stdout))
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
