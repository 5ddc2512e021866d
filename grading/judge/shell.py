"""The student's interpreter: IPython without a kernel, with outputs as nbformat has them."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

MOST = 2**20  # characters that a cell, or a call of a function, may print


class Outputs:
    """What a cell has shown so far.

    Attributes
    ----------
    shown : list of dict
        Outputs as nbformat has them.
    """

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self._printed = 0

    def add(self, kind: str, **content: Any) -> None:
        """Add an output of a kind such as ``display_data``."""
        self.shown.append({"output_type": kind, **content})

    def write(self, name: str, text: str) -> None:
        """Add to a stream; raise once too much was printed in all."""
        self._printed += len(text)
        if self._printed > MOST:
            raise OSError(f"this cell printed more than {MOST:,} characters; it was stopped")
        if not self.shown or self.shown[-1].get("name") != name:
            self.add("stream", name=name, text="")
        self.shown[-1]["text"] += text


class Stream(io.TextIOBase):
    """Standard output or standard error of the student's code."""

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        """Hand a text on."""
        self._shell.outputs.write(self._name, str(text))
        return len(text)

    def writable(self) -> bool:
        """Return True."""
        return True


class _Hook(DisplayHook):
    """Keep the value of a cell's last line."""

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        shell: Any = self.shell
        shell.outputs.add(
            "execute_result",
            execution_count=self.prompt_count,
            data=dict(format_dict),
            metadata=dict(md_dict or {}),
        )

    def finish_displayhook(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    """Keep what is displayed."""

    def publish(self, data: Any, metadata: Any = None, *given: Any, **named: Any) -> None:
        shell: Any = self.shell
        shell.outputs.add("display_data", data=dict(data), metadata=dict(metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        shell: Any = self.shell
        shell.outputs.shown.clear()


class Shell(InteractiveShell):
    """IPython that keeps its outputs instead of printing them."""

    def __init__(self, **named: Any) -> None:
        self.outputs = Outputs()
        super().__init__(**named)

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.outputs.add(
            "error", ename=str(etype.__name__), evalue=_words(evalue), traceback=list(map(str, stb))
        )

    def init_history(self) -> None:
        """Begin a history that no file keeps; a thread would write it, and threads do not fork."""
        from IPython.core.history import HistoryManager

        self.history_manager = HistoryManager(shell=self, parent=self, enabled=False)

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: `%matplotlib inline` asks for it, and there are no windows."""

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell; return its outputs and its number."""
        with self.captured() as outputs:
            self.run_cell(source, store_history=True)
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
        return {"outputs": outputs.shown, "execution_count": self.execution_count - 1}

    @contextlib.contextmanager
    def captured(self) -> Iterator[Outputs]:
        """Keep what is printed and displayed inside the block."""
        before = self.outputs
        self.outputs = Outputs()
        try:
            yield self.outputs
        finally:
            self.outputs = before


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # the student's own __str__
        return ""


def make(namespace: dict[str, Any] | None = None) -> Shell:
    """Return the interpreter of this process; standard output and error are its own from now on."""
    import builtins

    shell = Shell.instance(
        displayhook_class=_Hook,
        display_pub_class=_Publisher,
        user_ns=namespace,
        colors="nocolor",
        autocall=0,
    )
    sys.stdout, sys.stderr = Stream(shell, "stdout"), Stream(shell, "stderr")
    builtins.input = _no_input
    return shell


def _no_input(prompt: object = "") -> str:
    raise EOFError("nobody is there to answer: input() does not work where notebooks are graded")
