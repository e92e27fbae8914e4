"""Warm kernels: the same as ordinary ones, leaking nothing, leaving nothing behind.

What must break something (the server, the runner, the environment) runs in a runner of its own, a
Python process whose descendants all carry one environment variable and so can all be found.
"""

import contextlib
import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import types
import uuid
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tiny import LIGHT

from analysis.build import execute as executing
from analysis.build import kernels
from analysis.build.execute import Kernel, NotebookError, normalise

HANG = 120  # seconds after which a test has failed rather than waited
pytestmark = [
    pytest.mark.build,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux only"),
]


def notebook(*sources):
    """A notebook of code cells with ids c1, c2, ...; their sources may be indented."""
    cells = [new_code_cell(textwrap.dedent(text).strip(), id=f"c{n}") for n, text in enumerate(sources, 1)]
    return new_notebook(cells=cells)


def execute(source, *, name="n", parameters=None, on_cell=None, **kernel):
    """Execute a notebook; what is left over says what it is run in."""
    return executing.execute(source, parameters, name=name, kernel=Kernel(**kernel), on_cell=on_cell)


def printed(executed):
    """All that the executed notebook's cells wrote to stdout."""
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


def outcome(source, **arguments):
    """The executed notebook as it would be written, or the error that it gave, as text."""
    try:
        text = nbformat.writes(execute(source, name="n.ipynb", timeout=HANG, **arguments))
    except NotebookError as error:
        traceback = getattr(error.__cause__, "traceback", [])
        text = f"{error}\n{re.sub(r' at 0x[0-9a-f]+|ipykernel_[0-9]+', '', chr(10).join(traceback))}"
    assert not kernels._said, "a kernel that was to be warm was not"
    return text


# --- the state of a kernel ---------------------------------------------------------------------

STATE = """
import atexit, builtins, codecs, decimal, gc, json, locale, logging, os, random, resource, signal, socket, stat, sys
import threading, time, warnings
import matplotlib, matplotlib.pyplot, numpy, pandas, seaborn

def name(thing):
    return getattr(thing, "__qualname__", None) or type(thing).__qualname__ if callable(thing) else str(thing)

def descriptor(number):
    path = os.readlink(f"/proc/self/fd/{number}")
    kind, found, inode = path.rstrip("]").partition(":[")
    return bound.get(inode, kind) if found else path

# How many connections to a socket have come in by now is a matter of time; the sockets are not.
rows = [line.split() for line in open("/proc/net/unix")]
bound = {row[6]: "socket " + os.path.basename(row[7]) for row in rows if len(row) > 7}
found = [descriptor(n) for n in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{n}") and int(n) > 2]
mask = os.umask(0)
os.umask(mask)
state = {
    "sys.path": sys.path,
    "sys.argv without the connection's folder": [a.replace(os.path.dirname(sys.argv[2]), "") for a in sys.argv],
    "command line of the process": open("/proc/self/cmdline").read().replace(os.path.dirname(sys.argv[2]), ""),
    "interpreter": [sys.executable, sys.prefix, repr(sys.flags), sys.getrecursionlimit(), sys.getswitchinterval()],
    "import hooks": [[name(f) for f in sys.meta_path], [name(f) for f in sys.path_hooks]],
    "sys hooks": [name(sys.excepthook), name(sys.displayhook), name(sys.unraisablehook), name(threading.excepthook)],
    "names in __main__": sorted(sys.modules["__main__"].__dict__),
    "names in builtins": sorted(vars(builtins)),
    "environment": {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"},
    "JPY_PARENT_PID is the parent": os.environ["JPY_PARENT_PID"] == str(os.getppid()),
    "cwd": os.getcwd(),
    "umask": mask,
    "locale and time zone": [locale.setlocale(locale.LC_ALL), sys.getfilesystemencoding(), time.tzname],
    "session and group are its own": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "limits": {r: resource.getrlimit(getattr(resource, r)) for r in dir(resource) if r.startswith("RLIMIT")},
    "priority and processors": [os.nice(0), sorted(os.sched_getaffinity(0))],
    "signal handlers": {s.name: name(signal.getsignal(s)) for s in signal.valid_signals() if isinstance(s, signal.Signals)},
    "blocked signals": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "open files": sorted(name for name in found if name not in bound.values()),
    "sockets with a name": sorted(set(found) & set(bound.values())),
    "stdin": stat.S_IFMT(os.fstat(0).st_mode),
    "stdin is empty": os.read(0, 1) == b"",
    "threads": sorted(t.name.split("-")[0] + t.name.lstrip("Thread-0123456789") for t in threading.enumerate()),
    "garbage collector": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
    "frozen objects": gc.get_freeze_count() > 0,
    "loggers": [[name(h) for h in logging.getLogger().handlers], logging.getLogger().level],
    "warning filters": sorted(repr(f) for f in warnings.filters),
    "order of warning filters": [repr(f) for f in warnings.filters],
    "decimal": repr(decimal.getcontext()),
    "numpy": [repr(numpy.geterr()), repr(numpy.get_printoptions())],
    "pandas options": pandas.options.__dict__["d"] | {"display": pandas.options.__dict__["d"]["display"] | {"encoding": codecs.lookup(pandas.options.display.encoding).name}},
    "rcParams": {k: repr(v) for k, v in matplotlib.rcParams.items()},
    "colour maps": sorted(matplotlib.colormaps),
    "unit converters": sorted(map(repr, matplotlib.units.registry)),
    "pyplot": [matplotlib.pyplot.get_fignums(), str(matplotlib.pyplot._REPL_DISPLAYHOOK), str(matplotlib.pyplot._backend_mod)],
    "fonts": sorted(f.fname for f in matplotlib.font_manager.fontManager.ttflist),
    "atexit": atexit._ncallbacks(),
    "modules": sorted(sys.modules),
    "stack below the cell": sorted({f.filename for f in __import__("traceback").extract_stack() if "kernel" in f.filename}),
}
print(json.dumps(state, default=repr))
"""

REMAINING = {
    "command line of the process": "what `ps` shows is the server's: a fork keeps it",
    "modules": "the preloaded ones are there before the notebook imports them: the purpose",
    "frozen objects": "gc.freeze() is how memory stays shared; they are not the notebook's",
    "order of warning filters": "the order of the imports; no two of the filters concern the same warning",
    "stdin": "/dev/null against the read end of a closed pipe; both are empty",
    "stack below the cell": "a fork returns into the server's frames, which never run on",
}


def state(**arguments):
    return json.loads(printed(execute(notebook(STATE), timeout=HANG, **arguments)))


@pytest.fixture(scope="module")
def warm_and_cold(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cwd")
    states = state(cwd=str(folder)), state(cwd=str(folder), warm=False)
    assert not kernels._said
    return states


def test_a_warm_kernel_differs_from_an_ordinary_one_only_in_what_is_explained(warm_and_cold):
    warm, cold = warm_and_cold
    differing = {key: (warm[key], cold[key]) for key in cold if warm[key] != cold[key]}
    unexplained = {key: differing.get(key, "the same") for key in differing.keys() ^ REMAINING.keys()}
    assert unexplained == {}


def test_a_kernel_runs_in_the_folder_and_the_mask_of_its_call_and_in_one_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("ONLY_NOW", "1")
    before = os.umask(0o027)
    try:
        states = [state(cwd=str(tmp_path), warm=warm) for warm in (True, False)]
    finally:
        os.umask(before)
    for found in states:
        assert (found["cwd"], found["umask"]) == (str(tmp_path), 0o027)
        assert found["locale and time zone"][2] == ["UTC", "UTC"]
        assert found["environment"].items() >= {**kernels.ENVIRONMENT, "ONLY_NOW": "1"}.items()


SIMPLE_GLOBALS = """
import json, sys
import matplotlib.pyplot, numpy, pandas, seaborn

def text(value, depth=0):
    if value is None or isinstance(value, (str, int, float, bytes)):
        return repr(value)
    if depth < 3 and isinstance(value, (tuple, list, set, frozenset)):
        return repr(sorted(text(item, depth + 1) for item in value))
    if depth < 3 and isinstance(value, dict):
        return repr(sorted((text(k, depth + 1), text(v, depth + 1)) for k, v in value.items()))
    raise TypeError

found = {}
for module in set(sys.modules) - {"__main__"}:
    for name, value in list(vars(sys.modules[module]).items()):
        owners = [(f"{module}.{name}", {"": value})]
        if not isinstance(value, type(sys)) and hasattr(value, "__dict__"):
            owners.append((f"{module}.{name}.", dict(vars(value))))
        for owner, values in owners:
            for attribute, content in values.items():
                try:
                    found[owner + attribute] = text(content)
                except TypeError:
                    pass
print(json.dumps(found))
"""

EXPECTED_TO_DIFFER = re.compile(
    r"""
      .*\.__builtins__ | .*_addr | .*\._handle                 # addresses
    | .*(_pid|_pid_msg|_ident|_native_id|_time|_startTime|timestamp_zero|_master_pid)  # process and time
    | sys\.(argv|orig_argv) | os\.environb?\._data | posix\.environ  # the folder of the connection, JPY_PARENT_PID
    | ipykernel\.kernelapp\.IPKernelApp\._static_immutable_initial_values   # JPY_PARENT_PID as imported
    | sys\.std(out|err)\._original_stdstream_copy                # the number of a descriptor
    | .*\._log\._cache | threading\._shutdown_locks              # what a logger was asked for; locks
    | sys\.displayhook\.topic                                   # the name of the kernel's session
    | mpl_toolkits\.__path__\._last_parent_path                  # sys.path when it was imported
    """,
    re.VERBOSE,
)


def test_no_module_remembers_that_the_server_imported_it(monkeypatch):
    """As pandas did: without a shell at import, it shows wide tables as in a terminal."""
    monkeypatch.setattr(executing, "SIZE", 10**9)
    warm, cold = (
        json.loads(printed(execute(notebook(SIMPLE_GLOBALS), timeout=HANG, warm=warm)))
        for warm in (True, False)
    )
    assert len(warm.keys() & cold.keys()) > 10_000
    differing = {key for key in warm.keys() & cold.keys() if warm[key] != cold[key]}
    assert {key for key in differing if not EXPECTED_TO_DIFFER.fullmatch(key)} == set()


def test_two_kernels_draw_different_random_numbers():
    draw = "import random, uuid, numpy; print(random.random(), numpy.random.rand(), uuid.uuid4())"
    first, second = (printed(execute(notebook(draw))).split() for _ in range(2))
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_nothing_leaks_from_one_notebook_to_the_next(warm_and_cold, tmp_path):
    spoil = """
        import builtins, decimal, gc, locale, logging, matplotlib, numpy, os, pandas, random, signal, sys, threading, warnings
        matplotlib.rcParams["figure.dpi"] = 37
        matplotlib.pyplot.figure()
        pandas.set_option("display.max_rows", 7)
        numpy.random.seed(1); random.seed(1)
        numpy.seterr(all="raise"); numpy.set_printoptions(precision=2)
        os.environ["LEAK"] = "1"; os.chdir("/"); os.umask(0o777)
        os.environ.pop("TZ")
        sys.path.insert(0, "/leak"); sys.modules["leak"] = sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        decimal.getcontext().prec = 3
        warnings.simplefilter("error"); logging.basicConfig(level=1); gc.disable()
        builtins.leak = 1
        pandas.DataFrame.leak = 1
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        opened = open(os.devnull)
    """
    execute(notebook("import matplotlib.pyplot", spoil))
    after = state(cwd=warm_and_cold[0]["cwd"])
    assert {key for key in after if after[key] != warm_and_cold[0][key]} <= {
        "environment"
    }  # pytest's own entry
    assert "LEAK" not in after["environment"]
    assert printed(execute(notebook("import pandas; print(hasattr(pandas.DataFrame, 'leak'))"))) == "False\n"


# --- the same notebook, warm and cold -----------------------------------------------------------

ENDINGS = {
    "error": ["x = 1", "def f():\n    return undefined\nf()", "x"],
    "error with an address in it": ["class A: pass\nraise ValueError(A(), A().__init__)"],
    "sys.exit": ["import sys; sys.exit()", "1"],
    "os._exit": ["import os; os._exit(7)", "1"],
    "segfault": ["import ctypes; ctypes.string_at(0)", "1"],
    "interrupted": ["import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(1)"],
    "a magic that is not there": ["%nosuchmagic"],
    "syntax error": ["def f(:"],
    "input": ["input()"],
    "stdin": ["import sys; sys.__stdin__.read()"],
}
AWKWARD = [
    "try:\n    1 / 0\nexcept Exception:\n    import traceback; traceback.print_exc()",
    "import subprocess, sys, os, time, threading, multiprocessing as m",
    "subprocess.run([sys.executable, '-c', 'import sys; print(sys.path); sys.exit(3)'], capture_output=True)",
    "subprocess.run('kill -11 $$', shell=True).returncode",
    "subprocess.check_output('echo $TZ $LC_ALL $PYTHONHASHSEED; umask; ulimit -n; cat', shell=True)",
    "with m.get_context('fork').Pool(2) as pool:\n    print(pool.map(abs, [-1, -2]))",
    "with m.get_context('spawn').Pool(1) as pool:\n    print(pool.map(abs, [-1, -2]))",
    "p = m.get_context('fork').Process(target=lambda: os._exit(5)); p.start(); p.join(); p.exitcode",
    "pid = os.fork()\nif not pid: os._exit(6)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
    "out = []\nts = [threading.Thread(target=out.append, args=(n,)) for n in range(9)]\n"
    "[t.start() for t in ts]; [t.join() for t in ts]; sorted(out)",
    "import asyncio\nprint(await asyncio.gather(*[asyncio.sleep(0, n) for n in range(3)]))",
    "p = await asyncio.create_subprocess_exec('sh', '-c', 'exit 4'); await p.wait()",
    "!echo $TZ; echo to stderr >&2; exit 3",
    "_exit_code",
    "x = !seq 3\nx",
    "%%bash\necho a\necho b >&2",
    "%precision 3\n3.14159",
    "%%capture c\nprint(1)",
    "c.stdout",
    "%cd -q /\n%pwd",
    "for n in range(40):\n    print(n)\n    print('e', n, file=sys.stderr)\n    n % 5 or display(n)",
    "for n in range(5):\n    print(n, end='', flush=True); print('e', file=sys.stderr); time.sleep(0.05)",
    "h = display('a', display_id='h'); print(1); h.update('b')",
    "from IPython.display import clear_output\nprint(1); clear_output(); print(2)",
    "import matplotlib.pyplot as plt, numpy as np, pandas as pd, seaborn as sns\nsns.set_theme()",
    "df = pd.DataFrame(np.arange(120).reshape(4, 30)); df",
    "print(df)",
    "df.T.plot();",
    "sns.scatterplot(df, x=1, y=2)",
    "{1, 'a', ('b',)}, hash('a')",
    "a = np.random.default_rng(0).random((300, 300)); float(np.linalg.solve(a, a[0])[0]), float((a @ a).sum())",
    "import warnings; warnings.warn('mind this')",
    "object()",
    "import logging; logging.warning('w'); logging.getLogger('a').error('e')",
    "import locale\nlocale.setlocale(locale.LC_ALL, ''), time.tzname, time.localtime(0)",
    "import pickle\nclass A: pass\npickle.dumps(A()), __name__, __import__('__main__').A is A",
]


@pytest.mark.parametrize("sources", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_notebook_ends_the_same_warm_and_cold(sources, tmp_path):
    source = notebook(*sources)
    warm, cold = (outcome(source, cwd=str(tmp_path), warm=warm) for warm in (True, False))
    assert warm == cold


def test_whatever_cells_do_they_give_the_same_warm_and_cold_and_a_second_time(tmp_path):
    source = notebook(*AWKWARD)
    warm, again, cold = (outcome(source, cwd=str(tmp_path), warm=warm) for warm in (True, True, False))
    assert warm == cold
    assert warm == again


def test_threads_get_their_own_kernels_and_their_own_outputs():
    sources = [
        notebook("n = 0", f"import time, os; time.sleep(0.1); print({n}, os.getpid())") for n in range(12)
    ]
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda source: printed(execute(source)).split(), sources))
    assert [number for number, _ in texts] == [str(n) for n in range(12)]
    assert len({pid for _, pid in texts}) == 12


def test_nothing_stays_open_in_the_runner():
    execute(notebook("1"))
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        execute(notebook("1"))
        execute(notebook("1"), warm=False)
    assert len(os.listdir("/proc/self/fd")) <= before


def test_parameters_reach_the_cell_after_the_tagged_one_and_the_source_is_left_alone():
    source = notebook("n = 1", "print(n)")
    source.cells[0].metadata["tags"] = ["parameters"]
    before = nbformat.writes(source)
    executed = execute(source, parameters={"n": 2})
    assert printed(executed) == "2\n"
    assert [cell.id for cell in executed.cells] == ["c1", "injected-parameters", "c2"]
    assert nbformat.writes(source) == before


def test_the_caller_is_told_of_each_code_cell_as_it_begins():
    source = notebook("n = 1", "1", "2")
    source.cells[0].metadata["tags"] = ["parameters"]
    source.cells.insert(1, new_markdown_cell("# text"))
    told = []
    execute(source, parameters={"n": 2}, on_cell=lambda cell, number: told.append((number, cell.source[:3])))
    assert told == [(1, "n ="), (None, "# P"), (3, "1"), (4, "2")]


# --- faults -------------------------------------------------------------------------------------

ENDED = ": it ended the notebook (exit, quit or sys.exit); take that out"


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("1 / 0", ", line 1 (1 / 0): ZeroDivisionError: division by zero"),
        ("exit()", ENDED),
        ("x = 1\nquit()", ENDED),
        ("exit(); 1 / 0", ENDED),
        ("import sys; sys.exit()", ENDED),
        ("raise SystemExit(0)", ENDED),
        ("import sys\nsys.exit('no rows')", ": SystemExit: no rows"),
        ("import os; os._exit(3)", ": the kernel died: exit status 3"),
        ("import ctypes; ctypes.string_at(0)", ": the kernel died: signal 11 (Segmentation fault)"),
        (
            "import os; os.kill(os.getpid(), 9)",
            ": the kernel died: signal 9 (Killed; memory may have run out)",
        ),
        ("import time; time.sleep(999)", ": still running after 2 s, which is the limit for one cell"),
        ("while True: pass", ": still running after 2 s, which is the limit for one cell"),
        ("!sleep 999", ": still running after 2 s, which is the limit for one cell"),
    ],
)
def test_a_fault_names_notebook_and_cell(warm, fault, said):
    source = notebook("n = 0", fault, "n")
    source.cells[0].metadata["tags"] = ["parameters"]
    source.cells.insert(1, new_markdown_cell("# text"))
    with pytest.raises(NotebookError) as caught:
        execute(source, name="02_grades.ipynb", parameters={"n": 1}, timeout=2, warm=warm)
    assert str(caught.value) == f"02_grades.ipynb, cell 3 (c2){said}"
    assert (caught.value.notebook, caught.value.cell) == ("02_grades.ipynb", "c2")
    assert not kernels._said


def test_the_end_of_the_kernel_by_the_last_cell_is_an_error_too():
    with pytest.raises(NotebookError, match=r"^n, cell 2 \(c2\): it ended the notebook"):
        execute(notebook("1", "exit()"))


def test_a_cell_that_leaves_the_kernel_as_it_is_has_not_ended_it():
    assert printed(execute(notebook("exit(keep_kernel=True)", "print(1)"))) == "1\n"


FAULTS = {
    "in a function of another cell": (
        "d = 1\nd = f(0)",
        ", line 2 (d = f(0)): ZeroDivisionError: division by zero",
    ),
    "in a function of its own": (
        "def g():\n    return f(0)\n\ng()",
        ", line 4 (g()): ZeroDivisionError: division by zero",
    ),
    "after empty lines": ("\n \n1\nf(0)", ", line 4 (f(0)): ZeroDivisionError: division by zero"),
    "while another is handled": (
        "try:\n    f(0)\nexcept Exception:\n    raise ValueError('no\\nmore')",
        ", line 4 (raise ValueError('no\\nmore')): ValueError: no more",
    ),
    "in a library": (
        "import json\njson.loads('{')",
        ", line 2 (json.loads('{')): JSONDecodeError: Expecting property name enclosed in double quotes:"
        " line 1 column 2 (char 1)",
    ),
    "on a long line": (
        f"f(0)  # {'x' * 99}",
        f", line 1 (f(0)  # {'x' * 71}…): ZeroDivisionError: division by zero",
    ),
    "of syntax": ("x = 1\n\ndef f(:", ", line 3 (def f(:): SyntaxError: invalid syntax"),
    "of indentation": (
        "\nif x:\n    y = 1\n  z = 2",
        ", line 4 (z = 2): IndentationError: unindent does not match any outer indentation level",
    ),
    "of syntax in a text": (
        "exec('x = ')",
        ", line 1 (exec('x = ')): SyntaxError: invalid syntax (<string>, line 1)",
    ),
    "told in a line": (
        "class Told(Exception):\n    def _render_traceback_(self):\n        return ['told']\nraise Told('told')",
        ": Told: told",
    ),
}


@pytest.mark.parametrize(("fault", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_an_exception_names_the_line_of_its_cell(fault, said):
    source = notebook("def f(n):\n    return 1 / n")
    source.cells.append(new_code_cell(fault, id="c2"))
    with pytest.raises(NotebookError) as caught:
        execute(source)
    assert str(caught.value) == f"n, cell 2 (c2){said}"


def test_a_fault_in_the_parameters_is_named_too():
    with pytest.raises(
        NotebookError, match=r"^n, the cell with the parameters, line 4 \(m = float\('inf'\)\): TypeError"
    ):
        execute(notebook("1"), name="n", parameters={"n": float("nan"), "float": None, "m": float("inf")})


def test_a_fault_in_one_notebook_leaves_the_others_alone():
    faults = ["1 / 0", "import os; os._exit(1)", "import ctypes; ctypes.string_at(0)", "while True: pass"]
    with ThreadPoolExecutor(4) as pool:
        bad = [pool.submit(execute, notebook(fault), timeout=3) for fault in faults]
        good = [
            pool.submit(execute, notebook("import time; time.sleep(0.3); print('good')")) for _ in range(8)
        ]
    assert all(isinstance(job.exception(), NotebookError) for job in bad)
    assert [printed(job.result()) for job in good] == ["good\n"] * 8


def test_what_a_notebook_started_ends_with_it(tmp_path):
    marker = f"999.{uuid.uuid4().int % 10**12}"
    start = f"import subprocess; subprocess.Popen(['sleep', '{marker}'], stdout=subprocess.DEVNULL)"
    execute(notebook(start, "import os"))
    with pytest.raises(NotebookError):
        execute(notebook(start, "import os; os._exit(1)"))
    gone = lambda: not [p for p in psutil.process_iter(["cmdline"]) if marker in (p.info["cmdline"] or [])]  # noqa: E731
    assert until(gone)


# --- a runner of its own ------------------------------------------------------------------------

PRELUDE = """
import atexit, json, os, signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(0, {here!r})
from test_kernels import execute, notebook, printed
from analysis.build.execute import NotebookError
# A shell that runs the tests in the background has its children ignore Ctrl-C, nohup the end of a terminal.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
# An interrupt that another thread receives is raised when the main one wakes: every second, as run.py does.
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1, 1)
atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)  # before Python lets go of its handlers
def server():
    return next(iter(kernels._servers.values())).process
"""


def until(condition):
    """Whether the condition comes true before it is certain that something hangs."""
    end = time.monotonic() + HANG
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def carrying(mark):
    """The processes that are there and have the mark in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


class Runner:
    """A Python process with the test's functions; every process under it carries `mark`.

    Its kernels have not imported pandas and matplotlib, which these notebooks do not use.
    """

    def __init__(self, code, **environment):
        self.mark = uuid.uuid4().hex
        prelude = PRELUDE.format(here=os.path.dirname(__file__)) + LIGHT
        self.process = subprocess.Popen(
            [sys.executable, "-c", prelude + textwrap.dedent(code)],
            env={**os.environ, **environment, "MARK": self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def left(self):
        return carrying(self.mark)

    def finish(self):
        """Its stdout, its own lines of stderr, and all of stderr, once nothing of it is left."""
        try:
            out, err = self.process.communicate(timeout=HANG)
            assert until(lambda: not self.left()), self.left()
        finally:
            for process in self.left():
                process.kill()
        return out, [line for line in err.splitlines() if line.startswith("warm kernels:")], err


FALLBACK = "warm kernels: using ordinary kernels, because "


def test_a_server_that_is_killed_costs_a_fallback_and_no_notebook():
    out, lines, _ = Runner("""
        def run(n):
            return printed(execute(notebook(f"import time, os; time.sleep(1.5); print({n})"), timeout=60))
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(run, n) for n in range(5)]
            while len(kernels._running) < 3: time.sleep(0.01)
            time.sleep(0.5)
            server().kill()
        print(*[job.result().strip() for job in jobs])
    """).finish()
    assert out == "0 1 2 3 4\n"
    assert lines == [FALLBACK + "their server does not answer"]


def test_kernels_that_die_together_with_their_server_all_know_why():
    def lost(together, process):
        provisioner, kernel = kernels.WarmProvisioner(), object.__new__(kernels.ForkedKernel)
        kernel.server, provisioner.process = types.SimpleNamespace(process=process), kernel
        together.wait()
        return provisioner.lost

    for _ in range(20):  # subprocess.poll() told one of the three in every second round
        server, together = subprocess.Popen(["sleep", "999"]), threading.Barrier(3)
        server.kill()
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lost, [together] * 3, [server] * 3)) == [True] * 3


def test_a_server_that_is_killed_while_kernels_start_costs_no_notebook():
    out, lines, _ = Runner("""
        kernels.start()
        def run(n):
            return printed(execute(notebook(f"print({n})"), timeout=60))
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(run, n) for n in range(12)]
            jobs[3].result()
            server().kill()
        print(sum(int(job.result()) for job in jobs))
    """).finish()
    assert out == f"{sum(range(12))}\n"
    assert lines == [FALLBACK + "their server does not answer"]


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("delay", [0.0, 0.2, 3], ids=["at the start", "in the imports", "in the cells"])
def test_ctrl_c_ends_the_runner_and_all_its_processes(warm, delay):
    runner = Runner(f"""
        import traceback
        jobs = ["import time; time.sleep(999)", "while True: pass", "!sleep 999"]
        try:
            with ThreadPoolExecutor(3) as pool:
                try:
                    print("ready", flush=True)
                    for job in [pool.submit(execute, notebook(job), warm={warm}) for job in jobs * 3]:
                        job.result()
                except BaseException as error:
                    pool.shutdown(wait=False, cancel_futures=True)
                    kernels.stop()
                    raise
        except KeyboardInterrupt:
            traceback.print_exc()
            sys.exit(130)
    """)
    assert runner.process.stdout.readline() == "ready\n"
    time.sleep(delay)
    os.killpg(runner.process.pid, signal.SIGINT)
    _, lines, err = runner.finish()
    assert "KeyboardInterrupt" in err
    assert "kernel_server" not in err
    # 130, as the commands say. Python's own status for an interrupt that nobody caught is lost where a
    # thread still compiles a text after it, as a named tuple does.
    assert (runner.process.returncode, lines) == (130, [])


def test_ctrl_c_ends_a_notebook_in_the_main_thread():
    runner = Runner("""
        def on_cell(cell, number):
            print("ready", flush=True)
        execute(notebook("import time; time.sleep(999)"), on_cell=on_cell)
    """)
    assert runner.process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    os.killpg(runner.process.pid, signal.SIGINT)
    err = runner.finish()[2]
    assert (runner.process.returncode, "Task" in err) == (-signal.SIGINT, False)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_runner_that_is_killed_leaves_no_process(number):
    runner = Runner("""
        with ThreadPoolExecutor(4) as pool:
            for n, source in enumerate(["import time; time.sleep(999)", "while True: pass"] * 2):
                pool.submit(execute, notebook(source), warm=n < 2)
            while len(kernels._running) < 4: time.sleep(0.01)
            time.sleep(0.5)
            print("ready", flush=True)
    """)
    runner.process.stdout.readline()
    os.kill(runner.process.pid, number)
    runner.finish()


def test_a_runner_that_is_killed_leaves_no_kernel_that_nothing_interrupts_and_no_child_of_one():
    """The kernel's own watchdog, a Python thread, does not run while C code holds the interpreter's lock."""
    runner = Runner("""
        child = "import subprocess; subprocess.Popen(['sleep', '999'])"
        def on_cell(cell, number):
            number == 2 and print("ready", flush=True)
        execute(notebook(child, "import ctypes; ctypes.PyDLL(None).sleep(999)"), on_cell=on_cell)
    """)
    runner.process.stdout.readline()
    time.sleep(1)
    runner.process.kill()
    runner.finish()


def test_a_runner_that_goes_between_its_request_and_the_reply_leaves_no_kernel(tmp_path):
    mine, theirs = socket.socketpair()
    mark = uuid.uuid4().hex
    environment = {**os.environ, "MARK": mark}
    server = subprocess.Popen(
        [sys.executable, kernels.SERVER, str(theirs.fileno()), "ipykernel.kernelapp"],
        env=environment,
        pass_fds=[theirs.fileno()],
        stderr=subprocess.PIPE,
        text=True,
    )
    theirs.close()
    request = {"args": ["-f", str(tmp_path / "k")], "env": environment, "cwd": "/", "umask": 0o22}
    mine.sendall(json.dumps({"fork": request}).encode() + b"\n")
    mine.close()
    assert (server.wait(HANG), server.stderr.read()) == (0, "")
    assert until(lambda: not carrying(mark))


def test_a_cell_that_fails_or_hangs_leaves_no_complaint_of_asyncio_or_nbclient():
    err = Runner("""
        for source in ("import time; time.sleep(99)", "import os; os._exit(1)", "1 / 0", "exit()"):
            try:
                execute(notebook(source), timeout=1)
            except NotebookError:
                pass
            import asyncio, gc
            gc.collect()
            asyncio.get_event_loop().close()
            gc.collect()
    """).finish()[2]
    assert "Task" not in err and "Traceback" not in err
    assert "execute reply" not in err


def test_stop_ends_the_server_before_it_returns_and_no_kernel_is_started_after_it():
    out, lines, _ = Runner("""
        execute(notebook("1"))
        kernels.stop()
        print(server().poll())
        for warm in (True, False):
            try:
                execute(notebook("1"), name="n", warm=warm)
            except NotebookError as error:
                print(error)
    """).finish()
    late = "n, before its first cell: RuntimeError: no kernel is started after stop()"
    assert (out.splitlines(), lines) == (["0", late, late], [])


def test_a_preloaded_module_with_a_thread_means_ordinary_kernels_and_one_line(tmp_path):
    (tmp_path / "starts_thread.py").write_text(
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    out, lines, _ = Runner(
        "print(*[printed(execute(notebook('print(1)'), preload=['starts_thread'])) for _ in range(3)])",
        PYTHONPATH=str(tmp_path),
    ).finish()
    assert out.split() == ["1"] * 3
    assert lines == [FALLBACK + "a preloaded module has started 1 thread(s), and a fork would lose them"]


def test_a_module_that_cannot_be_preloaded_is_skipped_with_a_line(tmp_path):
    (tmp_path / "fails.py").write_text("1 / 0")
    (tmp_path / "works.py").write_text("x = 1")
    out, lines, _ = Runner(
        """
        source = notebook("import sys; print('works' in sys.modules)")
        print(printed(execute(source, preload=["no_such_module", "fails", "works"])))
        """,
        PYTHONPATH=str(tmp_path),
    ).finish()
    assert out.strip() == "True"
    assert lines == [
        "warm kernels: no_such_module is not preloaded (ModuleNotFoundError: No module named 'no_such_module')",
        "warm kernels: fails is not preloaded (ZeroDivisionError: division by zero)",
    ]


def test_nothing_of_ours_is_in_a_kernel_before_the_notebook_imports_it():
    loaded = "import sys; print([m for m in sys.modules if m.split('.')[0] in ('analysis', 'papermill', 'nbclient')])"
    assert printed(execute(notebook(loaded))) == "[]\n"


def test_a_changed_environment_means_ordinary_kernels_and_a_line():
    out, lines, _ = Runner("""
        print(printed(execute(notebook("import os; print(os.getppid())"))), server().pid)
        os.environ["PYTHONOPTIMIZE"] = "1"
        print(printed(execute(notebook("print(__debug__)"))))
    """).finish()
    parent, server, debug = out.split()
    assert (parent, debug) == (server, "False")
    assert lines == [FALLBACK + "PYTHONOPTIMIZE has changed since the server was started"]


def test_a_variable_that_the_runner_has_dropped_is_not_in_a_later_kernel():
    out, lines, _ = Runner("""
        os.environ["EARLY"] = "1"
        kernels.start()
        del os.environ["EARLY"]
        print(printed(execute(notebook("import os; print('EARLY' in os.environ)"))))
    """).finish()
    assert (out.strip(), lines) == ("False", [])


def test_an_ordinary_kernel_on_request_starts_no_server_and_says_nothing():
    out, lines, _ = Runner(
        "print(printed(execute(notebook('print(1)'), warm=False)), len(kernels._servers))"
    ).finish()
    assert (out.split(), lines) == (["1", "0"], [])


def test_the_settings_of_the_user_do_not_reach_a_kernel(tmp_path):
    startup = tmp_path / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("leak = 1")
    (startup.parent / "ipython_config.py").write_text("c.InteractiveShellApp.exec_lines = ['leak = 1']")
    code = (
        "print([printed(execute(notebook('print(\"leak\" in globals())'), warm=w)) for w in (True, False)])"
    )
    assert Runner(code, HOME=str(tmp_path)).finish()[0] == "['False\\n', 'False\\n']\n"


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("length", [10, 120], ids=["short", "too long for a socket"])
def test_a_kernel_listens_on_files_that_only_the_user_can_open(warm, length, tmp_path):
    temporary = tmp_path / ("x" * length)
    temporary.mkdir()
    look = """
        import json, os, psutil, stat, sys
        own = psutil.Process()
        sockets = [c.laddr for c in own.net_connections("unix") if "kernel-" in c.laddr]
        folders = {os.path.dirname(s) for s in sockets}
        print(json.dumps([len(own.net_connections("inet")), len(set(sockets)), [oct(os.stat(f).st_mode) for f in folders], *folders]))
    """
    code = f"print(printed(execute(notebook({look!r}), warm={warm})))"
    out, lines, _ = Runner(code, TMPDIR=str(temporary)).finish()
    internet, sockets, modes, folder = json.loads(out)
    assert internet <= 1  # ipykernel's own, see KernelManager
    assert (sockets, modes, lines) == (5, ["0o41700"], [])
    assert not os.path.exists(folder)
    assert os.listdir(temporary) == []


def test_any_jupyter_program_can_have_warm_kernels_by_the_entry_point():
    out, lines, _ = Runner(
        """
        import nbclient
        executed = nbclient.execute(notebook("import os; print(os.getppid())"), kernel_name="python3")
        print(printed(executed), server().pid)
        """,
        JUPYTER_DEFAULT_PROVISIONER_NAME="warm",
    ).finish()
    parent, server = out.split()
    assert (parent, lines) == (server, [])


def test_a_runner_that_ends_by_itself_leaves_no_process():
    out, _, err = Runner("execute(notebook('1')); kernels.start(); print('done')").finish()
    assert (out, err) == ("done\n", "")


# --- what is taken out ---------------------------------------------------------------------------


def test_normalising_joins_what_is_printed_notes_stderr_and_takes_out_addresses_and_process_ids():
    stream = lambda name, text: new_output("stream", name=name, text=text)  # noqa: E731
    picture = new_output(
        "display_data", {"image/png": "iVBOR at", "text/plain": "<A object at 0x7f12ab34cd56>"}
    )
    cell = new_code_cell("x", id="a", metadata={"execution": {}, "papermill": {}, "tags": []})
    warning = stream("stderr", "/tmp/ipykernel_123/456.py:1: UserWarning\n")
    cell.outputs = [
        stream("stderr", "e1\n"),
        stream("stdout", "o1\n"),
        warning,
        stream("stdout", "o2\n"),
        picture,
        stream("stdout", "o3\n"),
        new_output("execute_result", {"text/plain": "1"}),
    ]
    injected = new_code_cell("n = 1", metadata={"tags": ["injected-parameters"]})
    source = new_notebook(
        cells=[cell, injected],
        metadata={"papermill": {}, "language_info": {"name": "python", "version": "3"}},
    )
    executed = normalise(source)
    shown = [o.get("text") or o.data["text/plain"] for o in executed.cells[0].outputs]
    assert shown == ["o1\no2\n", "<A object at 0x0>", "o3\n", "1"]
    notices = executed.metadata.pop("analysis").notices
    assert notices == [{"cell": "a", "text": "e1\nipykernel/456.py:1: UserWarning\n"}]
    assert executed.cells[1].id == "injected-parameters"
    assert executed.cells[0].metadata == {}
    assert executed.metadata == {"language_info": {"name": "python"}}
    nbformat.validate(executed)


def test_normalising_a_large_image_is_not_slow():
    picture = new_output("display_data", {"image/png": "A" * 2_000_000, "image/svg+xml": "/x" * 1_000_000})
    cell = new_code_cell("x")
    cell.outputs = [picture]
    assert normalise(new_notebook(cells=[cell])).cells[0].outputs == [picture]


def test_a_connection_file_that_its_kernel_is_writing_is_not_read_back(tmp_path):
    manager = kernels.KernelManager(str(tmp_path), warm=False, preload=(), environment={})
    (tmp_path / "k").write_text("")
    manager._reconcile_connection_info(manager.get_connection_info())
