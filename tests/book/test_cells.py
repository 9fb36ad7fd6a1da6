"""What a cell prints is shown as it was printed, and kept for the next build."""

from unittest.mock import Mock

import pytest
from jupyter_cache import get_cache
from jupyter_cache.cache.main import CacheBundleIn, JupyterCacheBase
from nbformat.v4 import new_code_cell, new_notebook, new_output

from conf import cells
from conf.cells import join_streams


@pytest.mark.parametrize("parts", [["a b\nc\n"], ["a", " b\nc\n"], ["a b", "\n", "c", "\n"]])
def test_the_parts_of_a_stream_make_what_was_printed(parts):
    outputs = [new_output("stream", name="stdout", text=text) for text in parts]
    other = new_output("display_data")
    joined = join_streams([outputs[0], other, *outputs[1:]])
    assert [output["output_type"] for output in joined] == ["stream", "display_data"]
    assert joined[0]["text"] == "a b\nc\n"


def test_a_reader_that_stores_a_page_deletes_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(JupyterCacheBase, "truncate_caches", JupyterCacheBase.truncate_caches)
    cells.setup(Mock())
    cache = get_cache(tmp_path)
    cache.change_cache_limit(1)
    for text in ("1", "2"):
        page = new_notebook(cells=[new_code_cell(text, execution_count=1)])
        cache.cache_notebook_bundle(CacheBundleIn(page, text))
    assert [record.uri for record in cache.list_cache_records()] == ["1", "2"]
    cache.db.dispose()
