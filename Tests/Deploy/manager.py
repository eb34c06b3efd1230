"""The service manager's side of sd_notify(3)."""

import pathlib
import socket
import tempfile
import time


class Manager:
    """A socket that a service's messages arrive at, until the end of a `with` block."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        # Another user may have to write to it.
        pathlib.Path(self.folder.name).chmod(0o755)
        self.address = f"{self.folder.name}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.address)
        pathlib.Path(self.address).chmod(0o777)
        self.messages = []
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.folder.cleanup()

    def receive(self, seconds):
        """Takes in what comes within so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                self.messages += self.socket.recv(4096).decode().splitlines()
            except TimeoutError:
                return

    def wait(self, assignment, seconds=60):
        """Whether a message with this assignment comes in time; those before it are kept."""
        seen = len(self.messages)
        end = time.monotonic() + seconds
        while not any(line.startswith(assignment) for line in self.messages[seen:]):
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.socket.settimeout(left)
            try:
                self.messages += self.socket.recv(4096).decode().splitlines()
            except TimeoutError:
                return False
        return True
