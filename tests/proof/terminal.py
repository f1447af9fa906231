"""A person at a terminal: types one command, reads, presses Ctrl-C."""

import os
import pty
import select
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psutil


class Terminal:
    """One command on a terminal of its own, read and interrupted as a person would."""

    def __init__(self, folder: Path, command: list[str], environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.text = ""
        self.code: int | None = None
        self.started = time.monotonic()
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, dict(environment))

    def read(self, seconds: float) -> bool:
        """Read what has been printed; False when the program has closed the terminal."""
        if not select.select([self.screen], [], [], seconds)[0]:
            return True
        try:
            part = os.read(self.screen, 65536)
        except OSError:
            return False
        self.text += part.decode(errors="replace")
        return bool(part)

    def read_until(self, words: str, within: float) -> float:
        """Return the seconds since the start when the words appeared."""
        deadline = time.monotonic() + within
        while words not in self.text:
            left = deadline - time.monotonic()
            assert left > 0, f"{words!r} did not appear within {within} s:\n{self.text}"
            assert self.read(min(left, 0.2)), f"ended before {words!r}:\n{self.text}"
        return time.monotonic() - self.started

    def press_ctrl_c(self) -> None:
        """Do what the terminal does: tell the whole foreground group."""
        os.write(self.screen, b"\x03")

    def wait(self, within: float) -> int:
        """Read to the end and return the exit code (128 + n after signal n)."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.read(0.2):
            pass
        while time.monotonic() < deadline:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                self.code = code if code >= 0 else 128 - code
                return self.code
            time.sleep(0.05)
        raise AssertionError(f"still running after {within} s:\n{self.text}")

    def left_behind(self) -> list[str]:
        """Return the command lines of programs that still run in this folder."""
        return [" ".join(process.cmdline()) for process in self._mine()]

    def clear(self) -> None:
        """End whatever is left, so that a failed test leaves nothing running."""
        for process in self._mine():
            process.send_signal(signal.SIGKILL)
        if self.code is None:
            os.waitpid(self.pid, 0)
        os.close(self.screen)

    def _mine(self) -> list[psutil.Process]:
        mine = []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()).is_relative_to(self.folder):
                    mine.append(process)
            except (psutil.Error, OSError):
                continue
        return mine
