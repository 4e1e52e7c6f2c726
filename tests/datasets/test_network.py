"""Downloads through Keras from a server on this machine, well behaved and otherwise."""

import http.server
import threading
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import keras
import pytest

from kerascnn.datasets.network import check_answer, supervised

CONTENT = bytes(range(256)) * 400


class Server(http.server.BaseHTTPRequestHandler):
    """Answer as the path says."""

    released = threading.Event()

    def do_GET(self):
        """Send everything, half of it, an error, or nothing at all."""
        if self.path == "/silent":
            self.released.wait(20)
            return
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(CONTENT[: len(CONTENT) // 2] if self.path == "/half" else CONTENT)

    do_HEAD = do_GET  # noqa: N815 (http.server's own name)

    def log_message(self, *arguments):
        """Be quiet."""


@pytest.fixture(scope="module")
def address():
    """Return the address of a server that runs while these tests do."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def download(address, folder):
    """Download with Keras as its datasets do."""
    with supervised():
        return keras.utils.get_file("file.bin", address, cache_dir=str(folder))


def test_a_download_is_whole_and_its_progress_shown(address, tmp_path, capsys):
    """Keras gets every byte; the bar names the file and its size, Keras's own bar is silent."""
    assert Path(download(f"{address}/file.bin", tmp_path)).read_bytes() == CONTENT
    out, err = capsys.readouterr()
    assert "file.bin" in err
    assert "102.4/102.4 kB" in err
    assert out == ""


@pytest.mark.parametrize(("path", "message"), [("half", "retrieval incomplete"), ("gone", "404")])
def test_a_failed_download_leaves_no_file(address, tmp_path, path, message):
    """A download that breaks off or is refused raises and leaves nothing behind."""
    with pytest.raises(Exception, match=f"URL fetch failure.*{message}"):
        download(f"{address}/{path}", tmp_path)
    assert not list((tmp_path / "datasets").iterdir())


def test_a_silent_server_is_given_up_within_5_seconds(address):
    """A server that accepts the connection and says nothing is unreachable."""
    start = time.perf_counter()
    with pytest.raises(URLError, match=r"no answer within 3.5 seconds"):
        check_answer(f"{address}/silent")
    assert 3 < time.perf_counter() - start < 5


def test_nothing_is_shown_where_nothing_is_downloaded(capsys):
    """With all data at hand there is no bar, not even an empty line."""
    with supervised():
        pass
    assert capsys.readouterr() == ("", "")


def test_an_answer_is_an_answer(address):
    """A server that answers passes the check without a download."""
    check_answer(f"{address}/file.bin")


def test_settings_are_as_before_afterwards(address, tmp_path):
    """The opener and Keras's own progress messages are put back."""
    opener = urllib.request._opener
    download(f"{address}/file.bin", tmp_path)
    assert urllib.request._opener is opener
    assert keras.config.is_interactive_logging_enabled()
