"""Downloads from a server on this machine, well behaved and otherwise."""

import hashlib
import http.server
import threading
import time

import pytest

from kerascnn.datasets.fetching import RemoteFile, fetch

CONTENT = bytes(range(256)) * 400
HASH = hashlib.sha256(CONTENT).hexdigest()


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


def remote(address, path, sha256=HASH) -> RemoteFile:
    """Return a file on that server."""
    return RemoteFile(f"{address}/{path}", f"data/{path}", sha256)


@pytest.mark.parametrize("sha256", [HASH, None])
def test_a_download_is_whole_and_its_progress_shown(address, tmp_path, capsys, sha256):
    """Every byte comes; the bar names the file and its size, and nothing else is printed."""
    assert fetch(remote(address, "file.bin", sha256), tmp_path).read_bytes() == CONTENT
    out, err = capsys.readouterr()
    assert "file.bin" in err
    assert "102.4/102.4 kB" in err
    assert out == ""


@pytest.mark.parametrize(
    ("path", "sha256", "message"),
    [
        ("half", HASH, "Response ended|IncompleteRead"),
        ("gone", HASH, "404"),
        ("file.bin", "0" * 64, "hash"),
    ],
)
def test_a_failed_download_leaves_no_file(address, tmp_path, path, sha256, message):
    """A download that breaks off, is refused or is another file leaves nothing behind."""
    with pytest.raises((OSError, ValueError), match=message):
        fetch(remote(address, path, sha256), tmp_path)
    assert not list((tmp_path / "data").iterdir())


def test_a_silent_server_is_given_up_within_5_seconds(address, tmp_path):
    """A server that accepts the connection and says nothing is unreachable."""
    start = time.perf_counter()
    with pytest.raises(OSError, match=r"no answer within 3.5 seconds"):
        fetch(remote(address, "silent"), tmp_path)
    assert 3 < time.perf_counter() - start < 5


def test_nothing_is_shown_or_asked_where_a_file_is_there(tmp_path, capsys):
    """With all data at hand there is no bar, not even an empty line, and no server."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/file.bin").write_bytes(CONTENT)
    for sha256 in (HASH, None):
        fetch(remote("http://127.0.0.1:9", "file.bin", sha256), tmp_path)
    assert capsys.readouterr() == ("", "")


def test_a_damaged_file_is_downloaded_again(address, tmp_path):
    """Where its hash is known."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/file.bin").write_bytes(CONTENT[:100])
    assert fetch(remote(address, "file.bin"), tmp_path).read_bytes() == CONTENT


def test_an_unreachable_server_is_said_in_a_few_words(tmp_path):
    """Without the frames of the libraries between."""
    with pytest.raises(OSError, match=r"refused") as error:
        fetch(remote("http://127.0.0.1:9", "file.bin"), tmp_path)
    assert "Max retries" not in str(error.value)
