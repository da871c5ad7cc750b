"""Nothing of a request or an answer is put on the disk on its way."""

import io
import tempfile
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from server.services.workbook_writing import template

#: More than the framework keeps in memory by itself.
LARGE = b"x" * 2_000_000


@pytest.fixture
def no_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever asks for a temporary file is told that there is no such place."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))


@pytest.mark.usefixtures("no_disk")
def test_an_uploaded_file_stays_in_memory(app: Flask) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n' + LARGE + b"\r\n--x--\r\n"
    sent_as = "multipart/form-data; boundary=x"
    with app.test_request_context("/", method="POST", data=body, content_type=sent_as) as context:
        assert context.request.files["file"].read() == LARGE


@pytest.mark.usefixtures("no_disk")
def test_a_workbook_is_made_in_memory() -> None:
    sheets = load_workbook(io.BytesIO(template())).worksheets
    assert len(sheets) > 1
    assert sheets[0].max_column > 1


@pytest.mark.usefixtures("no_disk")
def test_the_fixture_itself_would_notice() -> None:
    with pytest.raises(OSError, match="nowhere"), tempfile.NamedTemporaryFile() as made:
        made.write(b"x")
