"""What a cell prints is shown as it was printed, however it was cut on its way."""

import pytest
from nbformat.v4 import new_output

from conf.cells import join_streams


@pytest.mark.parametrize("parts", [["a b\nc\n"], ["a", " b\nc\n"], ["a b", "\n", "c", "\n"]])
def test_the_parts_of_a_stream_make_what_was_printed(parts):
    outputs = [new_output("stream", name="stdout", text=text) for text in parts]
    other = new_output("display_data")
    joined = join_streams([outputs[0], other, *outputs[1:]])
    assert [output["output_type"] for output in joined] == ["stream", "display_data"]
    assert joined[0]["text"] == "a b\nc\n"
