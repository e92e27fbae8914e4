"""Execute one notebook with papermill, and leave nothing in it that differs between two runs."""

import asyncio
import copy
import os
import re
import tempfile
import textwrap

from jupyter_core.utils import run_sync

from analysis.build.kernels import PATIENCE, KernelManager, describe_status, say


class NotebookError(Exception):
    """A notebook failed: `notebook` is its name, `cell` the cell's id or None, `message` one paragraph.

    Its cause (`__cause__`) is the exception of papermill, nbclient or jupyter_client, with any traceback.
    """

    def __init__(self, notebook, cell, message):
        super().__init__(notebook, cell, message)
        self.notebook, self.cell, self.message = notebook, cell, message

    def __str__(self):
        return self.message


def execute(
    notebook,
    *,
    name="notebook",
    parameters=None,
    cwd=None,
    timeout=None,
    warm=True,
    preload=(),
    environment=None,
    on_cell=None,
):
    """Execute `notebook` (a NotebookNode, left as it is) with papermill; return the normalised result.

    name        what messages call the notebook
    parameters  dict for the cell after the one tagged `parameters`
    cwd         the kernel's folder, or None for the runner's
    timeout     whole seconds that one cell may take, or None for no limit
    warm        False for an ordinary kernel
    preload     modules for the server to import beyond PRELOAD, the same in every call of a runner
    environment dict of variables for the kernel beyond kernels.ENVIRONMENT
    on_cell     called as on_cell(cell, number) before each code cell; number is its place in the notebook
                as it was given, from 1, and None for the cell with the parameters

    Raises NotebookError, and no other Exception: for an error in a cell, a kernel that dies or does
    not start, and a cell still running after `timeout`.
    """
    try:
        return _attempt(notebook, name, parameters, cwd, timeout, warm, preload, environment, on_cell)
    except _LostError:
        say("warm kernels: using ordinary kernels, because their server does not answer")
        return _attempt(notebook, name, parameters, cwd, timeout, False, preload, environment, on_cell)


class _LostError(Exception):
    """A kernel died together with the server that it was forked from."""


def _attempt(notebook, name, parameters, cwd, timeout, warm, preload, environment, on_cell):
    import papermill  # 0.2 s, which a command that executes nothing can do without
    from papermill.exceptions import PapermillExecutionError

    begun = {}  # index -> cell, in the order in which they were begun

    def begin(cell, cell_index):
        begun[cell_index] = cell
        if on_cell:
            on_cell(cell, _number(begun, cell_index))

    folder = tempfile.TemporaryDirectory(prefix="kernel-", dir=_folder_for_sockets())
    manager = None
    try:
        source = _with_ids(notebook)
        kernel_name = source.metadata.get("kernelspec", {}).get("name", "python3")
        manager = KernelManager(
            folder.name, warm=warm, preload=preload, kernel_name=kernel_name, environment=environment or {}
        )
        executed = papermill.execute_notebook(
            source,
            None,
            parameters,
            kernel_name=kernel_name,
            language="python",
            progress_bar=False,
            start_timeout=PATIENCE,
            execution_timeout=timeout,
            iopub_timeout=max(PATIENCE, timeout or 0),  # outputs may be slow to arrive, 4 s are not enough
            record_timing=False,
            resources={"metadata": {"path": cwd}},  # papermill's own cwd= is chdir(), for all threads
            on_cell_execute=begin,
            km=manager,
            extra_arguments=[f"--IPKernelApp.ipython_dir={folder.name}"],  # not the user's settings
        )
        return normalise(executed)
    except Exception as error:
        if manager and manager.provisioner.lost and not isinstance(error, PapermillExecutionError):
            raise _LostError from error
        raise _notebook_error(error, name, begun, timeout, manager) from error
    finally:
        if manager:
            run_sync(_close)(manager)
        folder.cleanup()


async def _close(manager):
    """End what nbclient still waits for when a cell has failed or Ctrl-C was pressed, then the kernel."""
    waiting = asyncio.all_tasks() - {asyncio.current_task()}  # the loop is this thread's, and only for this
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await manager.close()


def _folder_for_sockets():
    """The folder for temporary files, unless its name is too long for a socket's (107 bytes)."""
    return None if len(os.fsencode(tempfile.gettempdir())) < 80 else "/tmp"


def _with_ids(notebook):
    """A copy in format 4.5; ids that an older notebook lacks are places, not random."""
    import nbformat

    copied = copy.deepcopy(notebook)
    if (copied.nbformat, copied.nbformat_minor) < (4, 5):
        copied = nbformat.v4.upgrade(copied)
        for number, cell in enumerate(copied.cells, 1):
            cell.id = f"cell-{number}"
    return copied


def _number(begun, index):
    """A cell's place in the notebook as it was given, or None for the cell that papermill adds."""
    added = [i for i, cell in begun.items() if "injected-parameters" in cell.metadata.get("tags", [])]
    return None if index in added else index + 1 - sum(i < index for i in added)


def _notebook_error(error, name, begun, timeout, manager):
    """The NotebookError for what papermill, nbclient or jupyter_client raised."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    index = getattr(error, "cell_index", next(reversed(begun), None))
    if isinstance(error, PapermillExecutionError):
        what = f"{error.ename}: {error.evalue}"
    elif isinstance(error, DeadKernelError):
        what = f"the kernel died: {describe_status(manager.provisioner.process.poll())}"
    elif isinstance(error, CellTimeoutError):
        what = f"still running after {timeout} s, which is the limit for one cell"
    else:
        what = f"{type(error).__name__}: {error}"
    what = textwrap.shorten(_without_chance(what), 600)
    if index is None:
        return NotebookError(name, None, f"{name}, before its first cell: {what}")
    cell, number = begun[index].id, _number(begun, index)
    where = f"cell {number} ({cell})" if number else "the cell with the parameters"
    return NotebookError(name, cell, f"{name}, {where}: {what}")


def normalise(notebook):
    """Take from an executed notebook, in place, what differs between two runs, and return it.

    That is: papermill's and nbclient's metadata (times, paths, versions), the random id of the cell
    with the parameters, Python's version, addresses (` at 0x7f...`) and the temporary files' names
    of cells (`ipykernel_<pid>/`) in outputs; and how stream outputs are cut and mixed, which depends
    on timing: between two displays there is one stdout and then one stderr.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            cell.outputs = [_without_chance(output) for output in _joined(cell.outputs)]
    return notebook


def _joined(outputs):
    """Outputs with the streams between two others joined to one stdout and one stderr."""
    joined, streams = [], {}
    for output in [*outputs, None]:
        if output and output.output_type == "stream":
            if output.name in streams:
                streams[output.name].text += output.text
            else:
                streams[output.name] = output
        else:
            joined += [streams[stream] for stream in ("stdout", "stderr") if stream in streams]
            joined += [output] if output else []
            streams = {}
    return joined


def _without_chance(value):
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
