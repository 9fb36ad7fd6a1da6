"""
Rehearse a workflow: `nox -s rehearse -- check.yml book` runs that job's commands as they stand.

Each job gets a clean clone of what is committed, on a path with a space, and an empty environment
of the Python that it asks for. No action is run, but what one would upload has to be there. A
variable that is set already stays as it is: `CHROMIUM=chromium` for a browser of another name.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
GITHUB = {
    "github.event_name": "push",
    "github.ref": "refs/heads/main",
    "github.repository": "owner/name",
    "github.server_url": "https://github.com",
    "github.token": "",
}
# What the command of the host says of Pages.
GH = "#!/bin/sh\necho https://owner.example/name/\n"


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with the values of its expressions; what is no plain name raises KeyError."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: values[found[1]], text)


def combinations(job: dict[str, Any]) -> list[dict[str, str]]:
    """Return the values of a job's matrix, one dictionary for each run of the job."""
    matrix = job.get("strategy", {}).get("matrix", {})
    keys = [f"matrix.{key}" for key in matrix]
    return [dict(zip(keys, one, strict=True)) for one in itertools.product(*matrix.values())]


def applies(condition: str, values: dict[str, str]) -> bool:
    """Return whether a step or a job runs; its condition compares one name."""
    name, value = condition.split(" == ")
    return values[name] == value.strip("'")


def run(job: dict[str, Any], values: dict[str, str], folder: Path, version: str) -> None:
    """Run the commands of a job in a folder, which is empty; the first that fails raises."""
    clone, python, tools = folder / "a clone", folder / "python", folder / "tools"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    remote = f"{values['github.server_url']}/{values['github.repository']}"
    subprocess.run(["git", "remote", "set-url", "origin", remote], cwd=clone, check=True)
    if version:  # As the commit that is tagged.
        subprocess.run([sys.executable, ".ci/release.py", version], cwd=clone, check=True)
        subprocess.run(["git", "commit", "--all", "--quiet", "-m", version], cwd=clone, check=True)
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    told = folder / "env"
    told.touch()
    own = {"CI": "true", "GITHUB_ENV": str(told), "GITHUB_REF_NAME": f"v{version}"}
    own |= {"GITHUB_REPOSITORY": values["github.repository"]}
    path = os.pathsep.join([str(python / "bin"), str(tools), os.environ["PATH"]])
    for step in job["steps"]:
        if not applies(step.get("if", "github.event_name == 'push'"), values):
            continue
        print("::", step.get("name") or step.get("uses") or step["run"].strip(), flush=True)
        given = step.get("with", {})
        if asked := given.get("python-version"):
            wanted = filled(asked, values).split()[-1]
            subprocess.run([f"python{wanted}", "-m", "venv", python], check=True)
        elif "upload" in step.get("uses", "") and not list(clone.glob(given["path"])):
            raise FileNotFoundError(f"nothing to upload: {given['path']}")
        elif "run" in step:
            more = {**job.get("env", {}), **step.get("env", {})}
            more = {key: filled(value, values) for key, value in more.items()}
            # There is no token here.
            more = {key: value for key, value in more.items() if value}
            more |= dict(line.split("=", 1) for line in told.read_text("utf-8").splitlines())
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
            command += [filled(step["run"], values)]
            environment = more | os.environ | own | {"PATH": path}
            subprocess.run(command, cwd=clone, env=environment, check=True)


def main() -> None:
    """Run the jobs that are named, by id or title, or all, and say which could not be run here."""
    if len(sys.argv) < 2:
        sys.exit("which workflow? as in: nox -s rehearse -- check.yml book")
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / sys.argv[1]).read_text("utf-8"))
    # YAML takes `on` for a truth value.
    tagged = "tags" in (workflow[True].get("push") or {})
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    left = []
    for name, job in workflow["jobs"].items():
        commands = any("run" in step for step in job["steps"])
        for one in combinations(job):
            values = GITHUB | one
            title = filled(job.get("name", name), values)
            if sys.argv[2:] and not {name, title} & {*sys.argv[2:]}:
                continue
            system = filled(job["runs-on"], values)
            python = shutil.which(f"python{one.get('matrix.python', '3')}")
            if not (commands and python and system.startswith("ubuntu")):
                left.append(title)
                continue
            print(f"\n== {title}", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                run(job, values, Path(folder), project["version"] if tagged else "")
    print("\nNot here:", "; ".join(left) or "nothing")


if __name__ == "__main__":
    main()
