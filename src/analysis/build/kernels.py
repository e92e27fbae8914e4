"""One clean kernel per notebook: warm where that is safe, ordinary everywhere else.

A kernel spends most of a second importing what every notebook imports. On Linux, one server process
per runner imports that once (`kernel_server.py`) and forks a fresh process for each notebook. The
ordinary kernel takes over elsewhere, when asked for, and whenever the server is not sane. Both get the
same environment, so both give the same notebook; `execute.py` runs one in either.

Everything here may be used from several threads at once. A runner that ends early (on Ctrl-C, say)
calls `stop()`, and the calls under way return, as `run.Workers` does.

Any Jupyter program gets warm kernels by JUPYTER_DEFAULT_PROVISIONER_NAME=warm (an entry point).
"""

import asyncio
import atexit
import contextlib
import json
import logging
import os
import queue
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partialmethod
from pathlib import Path

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, List

# Only modules whose import changes no setting (matplotlib_fontja, for one, sets rcParams).
PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "pandas",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "seaborn",
)

# What every kernel runs under, warm or not, whatever the runner's own environment says.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",  # no threads before the fork; and sums in one order on any machine
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # read when matplotlib is imported
    # A folder of the project's: the user's settings do not reach a figure, and a home folder that
    # cannot be written does not put matplotlib's complaint of it into a notebook.
    "MPLCONFIGDIR": str(Path(__file__).resolve().parents[3] / "build" / "matplotlib"),
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or debugpy prints a note about frozen modules
    "ANALYSIS_PAGES": "",  # what a notebook says is set on the pages themselves
    "ANALYSIS_PROCESSED": "",  # tables from elsewhere, and the results of readings, are read only
    "ANALYSIS_READINGS": "",  # where `execute` is told so
}
# Read once, when the interpreter or a preloaded module starts: too late for a kernel to change them.
READ_AT_START = ("PYTHON", "MPL", "MATPLOTLIB", "LD_", "HOME", "XDG_")

LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]
SERVER = Path(__file__).with_name("kernel_server.py")
PATIENCE = 60  # seconds for a server or a kernel to answer at all

log = logging.getLogger(__name__)
_lock = threading.Lock()  # guards the four below, and the choice of ports
_servers: dict = {}  # (pid of the runner, preloaded modules) -> Server; a forked runner gets its own
_running: set = set()  # provisioners with a process
_said: set = set()
_stopped = False  # for good, by stop()


class _UnfitError(Exception):
    """Why a kernel cannot be warm."""


class Server:
    """The process that has imported the stack and forks kernels, and the line to it."""

    def __init__(self, preload):
        self.environment = {**os.environ, **ENVIRONMENT}
        self.lock = threading.Lock()  # one request and its reply at a time
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(PATIENCE)
        self.replies = self.socket.makefile()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, str(SERVER), str(theirs.fileno()), *PRELOAD, *preload],
                env=self.environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C at the terminal is the runner's alone
            )

    @classmethod
    def get(cls, preload=()):
        """The runner's server, started by the first caller and never again: a dead one stays dead."""
        key = os.getpid(), tuple(preload)
        with _lock:
            if _stopped:
                raise _UnfitError("it is too late to start any")
            if key not in _servers:
                _servers[key] = cls(preload)
            return _servers[key]

    def ask(self, **request):
        """Send one request and return the reply, a dict; OSError or ValueError when there is none."""
        with self.lock:
            self.socket.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(self.replies.readline())

    def stop(self):
        """End the server, which ends its kernels first."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # unlike close(), also wakes a thread that is asking
        try:
            self.process.wait(0.5)
        except subprocess.TimeoutExpired:  # still importing, so it has no kernels yet
            self.process.kill()
            self.process.wait()


class ForkedKernel:
    """What LocalProvisioner uses of subprocess.Popen, for a process that is the server's child.

    The process id cannot be used again meanwhile: the server reaps a kernel only when asked to,
    and that is asked when the pidfd says that the kernel has ended.
    """

    stdin = stdout = stderr = returncode = None

    def __init__(self, server, pid):
        self.server, self.pid = server, pid
        self.pidfd = os.pidfd_open(pid)
        self.ended = select.poll()  # not select.select, which ends at descriptor 1023
        self.ended.register(self.pidfd, select.POLLIN)

    def poll(self):
        if self.returncode is None and self.ended.poll(0):
            os.close(self.pidfd)
            try:
                self.returncode = self.server.ask(reap=self.pid)["status"]
            except (OSError, ValueError):
                self.returncode = 1  # its status went with the server, which is said elsewhere
            else:
                if self.returncode not in (0, -signal.SIGKILL):
                    log.warning("A warm kernel ended with %s.", describe_status(self.returncode))
        return self.returncode

    def wait(self):
        if self.returncode is None:
            self.ended.poll()
        return self.poll()

    def send_signal(self, number):
        if self.poll() is None:
            signal.pidfd_send_signal(self.pidfd, number)

    kill = partialmethod(send_signal, signal.SIGKILL)
    terminate = partialmethod(send_signal, signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by forking the server, or, with a line on stderr, as an ordinary process."""

    warm = Bool(True, help="False for an ordinary kernel.").tag(config=True)
    preload: List = List(help="Modules for the server to import beyond PRELOAD.").tag(config=True)
    environment = Dict(help="Variables for this kernel beyond ENVIRONMENT.").tag(config=True)

    async def pre_launch(self, **kwargs):
        environment = {**kwargs.pop("env", os.environ), **ENVIRONMENT, **self.environment}
        with _lock:  # jupyter_client's record of ports in use is not made for threads
            return await super().pre_launch(env=environment, **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        try:
            if self.warm:
                self.process = self._fork(cmd, kwargs["env"], os.path.abspath(kwargs.get("cwd") or "."))
                self.pid = self.pgid = self.process.pid
        except (_UnfitError, OSError) as reason:
            if not _stopped:
                say(f"warm kernels: using ordinary kernels, because {reason}")
        if self.process is None and not _stopped:
            await super().launch_kernel(cmd, **kwargs)
        with _lock:
            _running.add(self)
        if _stopped:  # asked once more: stop() saw either this kernel or none
            await self.kill()
            raise RuntimeError("no kernel is started after stop()")
        await self._listens()
        return self.connection_info

    def _fork(self, cmd, environment, cwd):
        if sys.platform != "linux":
            raise _UnfitError("forking is only safe on Linux")
        if cmd[:3] != LAUNCHER:
            raise _UnfitError(f"the kernel is {cmd[0]}, not {' '.join(LAUNCHER)}")
        server = Server.get(self.preload)
        for name in sorted(environment.keys() | server.environment.keys()):
            if name.startswith(READ_AT_START) and environment.get(name) != server.environment.get(name):
                raise _UnfitError(f"{name} has changed since the server was started")
        umask = re.search(r"^Umask:\s*(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
        request = {"args": cmd[3:], "env": environment, "cwd": cwd, "umask": int(umask[1], 8)}
        try:
            answer = server.ask(fork=request)
        except (OSError, ValueError):
            raise _UnfitError("their server does not answer") from None
        if "refused" in answer:
            raise _UnfitError(answer["refused"])
        return ForkedKernel(server, answer["pid"])

    async def _listens(self):
        # A client that comes too early is refused, and libzmq tries again only 100 ms later.
        info, until = self.connection_info, time.monotonic() + PATIENCE
        family, address = socket.AF_INET, (info["ip"], info["iopub_port"])
        if info["transport"] == "ipc":
            family, address = socket.AF_UNIX, "{}-{}".format(*address)
        while self.process.poll() is None and time.monotonic() < until:
            with socket.socket(family) as probe:
                if probe.connect_ex(address) == 0:
                    return
            await asyncio.sleep(0.005)

    @property
    def lost(self):
        """Whether the kernel came from a server that has died by itself, and so may have died of that."""
        if _stopped or not isinstance(self.process, ForkedKernel):
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Not poll(), which says "not ended" while another thread asks.
            return self.process.server.process.wait(0.1) is not None
        return False

    async def kill(self, restart=False):
        """As the base class, which ends what the kernel started too, even after the kernel's own end;
        and wait for the end here, where the manager would look only every 100 ms."""
        await super().kill(restart=restart)
        until = time.monotonic() + 5
        while await self.poll() is None and time.monotonic() < until:
            await asyncio.sleep(0.002)

    async def cleanup(self, restart=False):
        with _lock:
            _running.discard(self)
        if self.connection_info:  # else it ended before it had any, and its error is to be heard
            await super().cleanup(restart=restart)

    def end_group(self):
        """Kill the kernel, if it is there, and what it has started."""
        if self.pgid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pgid, signal.SIGKILL)
        elif self.process:  # Windows has no groups; the kernel ends with its runner, by JPY_PARENT_PID
            self.process.kill()


class KernelClient(AsyncKernelClient):
    """Is ready on the idle message of its own request, where the base class waits for 0.2 s of silence."""

    async def wait_for_ready(self, timeout=None):
        timeout = timeout or PATIENCE
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            request = self.kernel_info()
            with contextlib.suppress(queue.Empty):
                while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != request:
                    pass
                while True:  # times out when the request was before the subscription: ask again
                    message = await self.get_iopub_msg(timeout=0.2)
                    own = message["parent_header"].get("msg_id") == request
                    if own and message["content"].get("execution_state") == "idle":
                        return
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it was ready")
        raise RuntimeError(f"the kernel was not ready within {timeout} s")


class KernelManager(AsyncKernelManager):
    """One kernel, reached by sockets that are files in `folder`, which only the user can open.

    On Windows, which has none, it is reached by ports of this machine, encrypted.
    (ipykernel still opens one port of its own, for the prints of forked children; what comes in
    there without the kernel's secret is dropped.)
    """

    client_factory = KernelClient
    opened = None

    def __init__(self, folder, **how_to_start):
        how = {"transport": "ipc"}
        if sys.platform == "win32":
            how = {"transport": "tcp", "transport_encryption": "auto"}
        super().__init__(kernel_name="python3", connection_file=f"{folder}/k", **how)
        self.provisioner = WarmProvisioner(parent=self, kernel_spec=self.kernel_spec, **how_to_start)

    def _reconcile_connection_info(self, info):
        """Read no connection file back: it is this manager's own, and the kernel may be writing to it."""

    def client(self, **kwargs):
        self.opened = super().client(**kwargs)
        return self.opened

    async def close(self):
        """End the kernel at once, started or not, and wait for it; its work is done or has failed."""
        if self.opened:
            self.opened.stop_channels()
        await self.provisioner.kill()
        await self.cleanup_resources()


def start(preload=()):
    """Start the server, so that its imports run beside the caller's own; does nothing but on Linux."""
    if sys.platform == "linux":
        with contextlib.suppress(_UnfitError):
            Server.get(preload)


@atexit.register
def stop():
    """End every kernel and server of this process and start no more; calls of `execute` then fail."""
    global _stopped
    with _lock:
        _stopped = True
        servers = [server for (runner, _), server in _servers.items() if runner == os.getpid()]
        running = list(_running)
    for provisioner in running:
        provisioner.end_group()
    for server in servers:
        server.stop()


def describe_status(code):
    """How a process ended, in words, from its status as subprocess gives it."""
    if code is None or code >= 0:
        return f"exit status {code}"
    hint = "; memory may have run out" if code == -signal.SIGKILL else ""
    return f"signal {-code} ({signal.strsignal(-code)}{hint})"


def say(line):
    """Print `line` on stderr, once in a run."""
    with _lock:
        if line in _said:
            return
        _said.add(line)
    sys.stderr.write(f"{line}\n")  # at once: print() writes the line's end by itself, after other threads
    sys.stderr.flush()
