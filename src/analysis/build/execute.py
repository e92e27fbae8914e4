"""Execute one notebook with papermill, and leave nothing in it that differs between two runs."""

from __future__ import annotations

import asyncio
import copy
import itertools
import logging
import os
import re
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_core.utils import run_sync

from analysis import folders
from analysis.build import source
from analysis.build.kernels import PATIENCE, KernelManager, describe_status, say
from analysis.errors import UserError

SIZE = 2_000_000  # characters that the outputs of one cell may take
TEMPORARY = "analysis-kernel-"  # how the folders of kernels' sockets begin
LONGEST = 80  # characters of a line of code that a message shows
_NO_GLYPH = re.compile(r"Glyph (\d+) .*missing from")
_CAUSED = re.compile("\nThe above exception|\nDuring handling")  # between two exceptions of a traceback
# `reading:  33%|███▎  | 1/3 [00:00<00:00, 99it/s]`, `7it [00:00, 99it/s]`, and moves to another bar's line.
_BAR = re.compile(
    r"^.*?\d{1,3}%\|[^|]*\|(?: *\d\S*/\d\S*)?(?: *\[[^\]]*\])?"
    r"|^.*?\d{1,12}[^\W\d]* \[\d+:\d+, [^\]]*\]"
    r"|\x1b\[\d*[A-K]"
)
_FRAME = re.compile(r"\s*Cell In\[(\d+)\], line (\d+)")
_UNREAD = re.compile(r" \((?:\d+\.py|<tokenize>), line (\d+)\)$")  # of a syntax error in the cell itself

# nbclient complains there of what becomes a NotebookError; without a handler Python prints it.
logging.getLogger("papermill").addHandler(logging.NullHandler())


class NotebookError(Exception):
    """A notebook failed: `notebook` is its name, `cell` the cell's id or None, `message` one line.

    Its cause (`__cause__`) is the exception of papermill, nbclient or jupyter_client, with any traceback.
    """

    def __init__(self, notebook: str, cell: str | None, message: str) -> None:
        super().__init__(notebook, cell, message)
        self.notebook, self.cell, self.message = notebook, cell, message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Kernel:
    """What a notebook is run in."""

    warm: bool = True  # False for an ordinary kernel
    cwd: str | None = None  # the kernel's folder; the runner's if not given
    timeout: int | None = None  # whole seconds that one cell may take
    preload: Sequence[str] = ()  # modules that a warm one has imported, beyond kernels.PRELOAD
    environment: Mapping[str, str] = field(default_factory=dict)  # beyond kernels.ENVIRONMENT


OnCell = Callable[[Any, "int | None"], object]


def execute(
    notebook: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    name: str = "notebook",
    kernel: Kernel = Kernel(),
    on_cell: OnCell | None = None,
) -> Any:
    """Execute a notebook (left as it is) with papermill; return the normalised result, a NotebookNode.

    `parameters` become the cell after the one tagged `parameters`; `name` is what messages call the
    notebook. `on_cell(cell, number)` is called before each code cell; number is its place in the notebook
    as it was given, from 1, and None for the cell with the parameters. What cells wrote to stderr is no
    output: it is in `metadata.analysis.notices`, a list of {cell, text}.

    Raises NotebookError, and no other Exception: for an error in a cell, an output over 2 MB, a kernel
    that dies or does not start, and a cell still running after `timeout`.
    """
    attempt = _Attempt(notebook, dict(parameters or {}), name, kernel, on_cell)
    try:
        return attempt.run()
    except _LostError:
        say("warm kernels: using ordinary kernels, because their server does not answer")
        return replace(attempt, kernel=replace(kernel, warm=False)).run()


class _LostError(Exception):
    """A kernel died together with the server that it was forked from."""


class _EndedError(Exception):
    """A cell ended the notebook by exit, quit or sys.exit(), none of which is an error to papermill."""


@dataclass
class _Attempt:
    """One execution of a notebook in one kernel."""

    notebook: Mapping[str, Any]
    parameters: dict[str, Any]
    name: str
    kernel: Kernel
    on_cell: OnCell | None
    cells: Sequence[Any] = field(default=(), init=False)  # as they are run
    last: int | None = field(default=None, init=False)  # the index of the cell that was begun last
    manager: Any = field(default=None, init=False)

    def run(self) -> Any:
        with folders.temporary(TEMPORARY, _folder_for_sockets()) as folder:
            try:
                executed = normalise(self._papermill(folder))
            except Exception as error:
                from papermill.exceptions import PapermillExecutionError

                died = not isinstance(error, PapermillExecutionError)
                if died and self.manager and self.manager.provisioner.lost:
                    raise _LostError from error
                raise self._error(error) from error
            finally:
                if self.manager:
                    run_sync(_close)(self.manager)
        self._refuse_outputs(executed)
        return executed

    def _papermill(self, folder: Path) -> Any:
        # As papermill.execute_notebook, which besides copies, validates and writes out the notebook twice.
        from nbformat import from_dict  # and papermill: 0.2 s, which a command that runs nothing is spared
        from papermill.engines import papermill_engines
        from papermill.execute import raise_for_execution_errors
        from papermill.parameterize import parameterize_notebook

        prepared = from_dict(source.normalised(copy.deepcopy(self.notebook), self.name))
        prepared.metadata["papermill"] = from_dict({})
        for cell in prepared.cells:
            cell.metadata.setdefault("tags", [])
        if self.parameters:
            prepared = parameterize_notebook(prepared, self.parameters, language="python")
        for cell in prepared.cells:
            cell.metadata["papermill"] = from_dict({})
        self.cells = tuple(prepared.cells)
        kernel, patience = self.kernel, max(PATIENCE, self.kernel.timeout or 0)
        self.manager = KernelManager(
            folder, warm=kernel.warm, preload=list(kernel.preload), environment=dict(kernel.environment)
        )
        executed = papermill_engines.execute_notebook_with_engine(
            None,
            prepared,
            "python3",
            progress_bar=False,
            autosave_cell_every=0,
            start_timeout=PATIENCE,
            execution_timeout=kernel.timeout,
            iopub_timeout=patience,  # outputs may be slow, 4 s are not enough
            record_timing=False,
            resources={"metadata": {"path": kernel.cwd}},
            on_cell_execute=self._begin,
            on_cell_executed=_refuse_end,
            km=self.manager,
            # Not the user's settings, and no file of what was typed.
            extra_arguments=[f"--IPKernelApp.ipython_dir={folder}", "--HistoryManager.enabled=False"],
        )
        raise_for_execution_errors(executed, None)
        return executed

    def _begin(self, cell: Any, cell_index: int) -> None:
        self.last = cell_index
        if self.on_cell:
            self.on_cell(cell, source.numbers(self.cells)[cell_index])

    def _error(self, error: Exception) -> NotebookError:
        """The NotebookError for what papermill, nbclient or jupyter_client raised."""
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from papermill.exceptions import PapermillExecutionError

        index = getattr(error, "cell_index", self.last)
        if isinstance(error, UserError):
            return NotebookError(self.name, None, str(error))
        if isinstance(error, PapermillExecutionError):
            return self._at(index, f"{error.ename}: {_UNREAD.sub('', error.evalue)}", _line(error))
        if isinstance(error, DeadKernelError):
            what = f"the kernel died: {describe_status(self.manager.provisioner.process.poll())}"
        elif isinstance(error, _EndedError):
            what = "it ended the notebook (exit, quit or sys.exit); take that out"
        elif isinstance(error, CellTimeoutError):
            what = f"still running after {self.kernel.timeout} s, which is the limit for one cell"
        else:
            what = f"{type(error).__name__}: {error}"
        return self._at(index, what)

    def _at(self, index: int | None, what: str, line: str = "") -> NotebookError:
        what = textwrap.shorten(_without_chance(what), 600)
        if index is None:
            return NotebookError(self.name, None, f"{self.name}, before its first cell: {what}")
        where = f"{self.name}, {source.places(self.cells)[index]}{line}"
        return NotebookError(self.name, self.cells[index].id, f"{where}: {what}")

    def _refuse_outputs(self, executed: Any) -> None:
        """Raise NotebookError for what no page should hold: too much, or a picture with a hole in it."""
        places = {cell.id: index for index, cell in enumerate(executed.cells)}
        for cell in executed.cells:
            size = sum(_size(output) for output in cell.get("outputs", []))
            if size > SIZE:
                raise self._at(
                    places[cell.id],
                    f"its output is {size / 1e6:.1f} MB, the limit is {SIZE / 1e6:.0f} MB;"
                    " show fewer rows (frame.head()) or a figure",
                )
        for notice in executed.metadata.analysis.notices:
            if found := _NO_GLYPH.search(notice.text):
                what = f"no font has the character {chr(int(found[1]))!r} of a figure; write another one"
                raise self._at(places[notice.cell], what)


def _line(error: Any) -> str:
    """`, line 3 (d = f(0))`: where in its cell papermill's error was raised; "" where that is not known."""
    number = int(found[1]) if (found := _UNREAD.search(error.evalue)) else 0
    for entry in (source.COLOUR.sub("", entry) for entry in error.traceback):
        if _CAUSED.match(entry):
            number = 0  # what follows is the exception that was not caught
        elif not number and (frame := _FRAME.match(entry)) and int(frame[1]) == error.exec_count:
            number = int(frame[2])
    if not number:
        return ""
    lines = error.source.split("\n")
    number += next((n for n, line in enumerate(lines) if line.strip()), 0)  # IPython counts from there
    code = lines[number - 1].strip() if number <= len(lines) else ""
    code = code if len(code) <= LONGEST else f"{code[: LONGEST - 1]}…"
    return f", line {number}" + (f" ({code})" if code else "")


def _refuse_end(execute_reply: Mapping[str, Any], **_: Any) -> None:
    """Raise _EndedError where a cell left by sys.exit(), or asked for the kernel's end, which comes later."""
    content = execute_reply["content"]
    asked = [p for p in content.get("payload", []) if p.get("source") == "ask_exit"]
    left = content.get("ename") == "SystemExit" and content["evalue"] in ("", "0")
    if left or any(not payload.get("keepkernel") for payload in asked):
        raise _EndedError


async def _close(manager: Any) -> None:
    """End what nbclient still waits for when a cell has failed or Ctrl-C was pressed, then the kernel."""
    waiting = asyncio.all_tasks() - {asyncio.current_task()}  # the loop is this thread's, and only for this
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await manager.close()


def _folder_for_sockets() -> Path:
    """The folder for temporary files, unless its name is too long for a socket's (107 bytes)."""
    return Path(tempfile.gettempdir() if len(os.fsencode(tempfile.gettempdir())) < 70 else "/tmp")


def normalise(notebook: Any) -> Any:
    """Take from an executed notebook, in place, what differs between two runs, and return it.

    That is: papermill's and nbclient's metadata (times, paths, versions), the random id of the cell
    with the parameters, Python's version, addresses (` at 0x7f...`) and the temporary files' names
    of cells (`ipykernel_<pid>/`) in outputs; and how stream outputs are cut and mixed, which depends
    on timing: between two displays there is one stdout. stderr is taken out and noted, progress bars apart.
    """
    from nbformat import from_dict

    notices = []
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
        if source.is_tagged(cell, source.INJECTED):
            cell.id = source.INJECTED
        if cell.cell_type == "code":
            said = _without_bars("".join(o.text for o in cell.outputs if _is_stderr(o)))
            if said.strip():
                notices.append({"cell": cell.id, "text": _without_chance(said)})
            kept = [output for output in cell.outputs if not _is_stderr(output)]
            cell.outputs = [_without_chance(output) for output in _joined(kept)]
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.setdefault("execution_count", cell.get("execution_count"))
    notebook.metadata["analysis"] = from_dict({"notices": notices})
    return notebook


def _is_stderr(output: Any) -> bool:
    return output.output_type == "stream" and output.name == "stderr"


def _without_bars(said: str) -> str:
    """What was written to stderr as a terminal would show it at last, without tqdm's progress bars."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in said.split("\n")]
    return "\n".join(_BAR.sub("", line) for line in lines)


def _joined(outputs: Sequence[Any]) -> Iterator[Any]:
    """Outputs with what was printed between two others joined to one."""
    for printed, group in itertools.groupby(outputs, lambda output: output.output_type == "stream"):
        if printed:
            first, *more = group
            first.text = "".join([first.text, *(output.text for output in more)])
            yield first
        else:
            yield from group


def _size(output: Any) -> int:
    """About how many characters an output takes in a page."""
    if isinstance(output, str):
        return len(output)
    if isinstance(output, Mapping):
        return sum(map(_size, output.values()))
    return sum(map(_size, output)) if isinstance(output, list) else 8


def _without_chance(value: Any) -> Any:
    """The same value (dict, list, text or other), its texts without addresses and process ids."""
    if isinstance(value, dict):
        return type(value)({key: _without_chance(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_without_chance(item) for item in value]
    if isinstance(value, str):
        value = re.sub(r" at 0x[0-9a-f]{6,}", " at 0x0", value)
        if "ipykernel_" in value:  # first, for on a long text without spaces (an image) the search is slow
            value = re.sub(r"(/[^/\s\"'<>()]+)*/ipykernel_\d+/", "ipykernel/", value)
    return value
