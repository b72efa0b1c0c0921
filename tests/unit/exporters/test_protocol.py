from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from jupyter_mlcode.errors import UnknownNameError
from jupyter_mlcode.exporters import protocol
from jupyter_mlcode.exporters.folder import FolderExporter
from jupyter_mlcode.exporters.protocol import BrokenExporterError, exporter, exporter_names


def test_the_built_in_exporter_comes_through_the_same_door() -> None:
    assert isinstance(exporter("folder"), FolderExporter)
    assert "folder" in exporter_names()


def test_an_unknown_name_says_what_was_meant() -> None:
    with pytest.raises(UnknownNameError) as caught:
        exporter("foldr")
    assert caught.value.hint == "Did you mean 'folder'?"


@pytest.mark.parametrize("value", ["no_such_module:X", "json:loads", "json:JSONDecoder"])
def test_a_plugin_that_does_not_load_is_an_error(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint(name="broken", value=value, group=protocol.GROUP)
    monkeypatch.setattr(protocol, "entry_points", lambda group: [point])
    assert "broken" in exporter_names()
    with pytest.raises(BrokenExporterError, match="broken"):
        exporter("broken")
