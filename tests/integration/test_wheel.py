"""The wheel carries the built front end, and installing it needs neither Node nor a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import jupyter_mlcode

ROOT = Path(__file__).parents[2]
LABEXTENSION = ROOT / "jupyter_mlcode" / "labextension"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LABEXTENSION.exists(), reason="the front end is not built: `make build`"),
]


@pytest.fixture(scope="module")
def without_node(tmp_path_factory):
    """An environment whose PATH is empty: no Node to be found."""
    return {**os.environ, "PATH": str(tmp_path_factory.mktemp("bin"))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, without_node):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, env=without_node, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def prefix(tmp_path_factory, wheel, without_node):
    """A fresh environment with nothing but the wheel in it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    command = [*pip, "install", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True, env=without_node, capture_output=True)
    return folder


def test_it_carries_the_front_end_once(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    entries = [name for name in names if name.rpartition("/")[2].startswith("remoteEntry.")]
    assert len(entries) == 1
    assert "/share/jupyter/labextensions/jupyter-mlcode/static/" in entries[0]


def test_it_carries_every_file_of_the_package(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tracked = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "jupyter_mlcode"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(tracked.stdout.split()) <= set(names)


def test_jupyterlab_accepts_it(prefix):
    env = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "0", "JUPYTER_PATH": str(prefix / "share" / "jupyter")}
    command = [sys.executable, "-m", "jupyter", "labextension", "list"]
    listed = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert f"jupyter-mlcode v{jupyter_mlcode.__version__}" in listed.stderr
    assert "(python, jupyter-mlcode)" in listed.stderr


def test_the_server_extension_is_switched_on(prefix):
    config = prefix / "etc" / "jupyter" / "jupyter_server_config.d" / "jupyter_mlcode.json"
    switched = json.loads(config.read_text())["ServerApp"]["jpserver_extensions"]
    assert switched == {"jupyter_mlcode.server": True}
