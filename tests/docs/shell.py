"""A shell in which the commands of a page are run one after the other."""

import contextlib
import os
import pty
import re
import select
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

# How long a command may take before it is taken to hang.
PATIENCE = 180

# `foghorn apply` and `foghorn destroy` ask on a terminal, unless they are told not to.
ASKS = re.compile(r"\bfoghorn\s+(?:\S+\s+)*?(?:apply|destroy)\b")
IS_TOLD = re.compile(r"\s(?:--yes|-[a-z]*y)\b")
# `foghorn run` goes on until it is ended.
SERVES = re.compile(r"^\s*foghorn\s+run\b")


class Hangs(Exception):
    """A command did not end."""


class Shell:
    """Keeps the folder and the variables from one command to the next, as a
    terminal does. What a page starts in the background ends with it."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.state = folder.parent / "state"
        self.state.write_text(f"cd {shlex.quote(str(folder))}\n")
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def run(self, text):
        """Runs one command; returns its exit code and what it printed."""
        if SERVES.match(text):
            return self._serve(text)
        terminal = bool(ASKS.search(text)) and not IS_TOLD.search(text)
        return self._run(text, self._answered if terminal else self._awaited)

    def _script(self, text):
        state = shlex.quote(str(self.state))
        return (
            f". {state}\n{text}\n"
            f"code=$?; {{ export -p; echo cd \"$(printf %q \"$PWD\")\"; }} > {state}; exit $code\n"
        )

    def _start(self, text, **streams):
        process = subprocess.Popen(
            ["bash", "-o", "pipefail", "-c", self._script(text)],
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,
            **streams,
        )
        self.processes.append(process)
        return process

    def _run(self, text, wait):
        # Into files: what goes on in the background would hold a pipe open.
        printed, said = self.folder.parent / "stdout", self.folder.parent / "stderr"
        with printed.open("wb") as stdout, said.open("wb") as stderr:
            code = wait(text, stdout, stderr)
        return code, printed.read_text(errors="replace"), said.read_text(errors="replace")

    def _awaited(self, text, stdout, stderr):
        process = self._start(text, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        return ended(process)

    def _answered(self, text, stdout, stderr):
        """Says yes on a terminal, as a person does."""
        ours, theirs = pty.openpty()
        process = self._start(text, stdin=theirs, stdout=stdout, stderr=theirs)
        os.close(theirs)
        heard, deadline = b"", time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            readable, _, _ = select.select([ours], [], [], 0.2)
            try:
                part = os.read(ours, 65536) if readable else b""
            except OSError:
                break
            stderr.write(part)
            heard += part
            if b"is a yes:" in heard:
                os.write(ours, b"yes\n")
                heard = b""
            if process.poll() is not None and not readable:
                break
        os.close(ours)
        return ended(process)

    def _serve(self, text):
        """Lets a service run until it is ready, and ends it with Ctrl-C."""
        listening = re.search(r"--listen[= ]\S*?:(\d+)", text)
        port = int(listening.group(1)) if listening else free_port()
        # The usual port may be taken on this machine.
        text = text.split("#", 1)[0].rstrip()
        text = text if listening else f"{text} --listen 127.0.0.1:{port}"

        def wait(text, stdout, stderr):
            streams = {"stdin": subprocess.DEVNULL, "stdout": stdout, "stderr": stderr}
            process = self._start(f"exec {text}", **streams)
            until_ready(process, f"http://127.0.0.1:{port}/readyz")
            process.send_signal(signal.SIGINT)
            return ended(process)

        return self._run(text, wait)


def ended(process):
    try:
        return process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Hangs(f"it did not end within {PATIENCE} s") from None


def until_ready(process, url):
    """Waits until a service answers that it is ready, or ends by itself."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
