"""The process behind warm kernels: it imports the stack once, then forks a clean kernel on request.

Started by `kernels.Server` as a script (`python kernel_server.py FD MODULE ...`) and never imported,
so that neither `analysis` nor anything it loads is in a kernel before the notebook asks for it.

Each request on the socket FD is a line of JSON, and so is its reply:

    {"fork": {"args": [...], "env": {...}, "cwd": "...", "umask": 18}}  ->  {"pid": 123}
                                                                        or  {"refused": "why"}
    {"reap": 123}  ->  {"status": -11}     as in subprocess: below zero, minus the signal

End of file, which is also what the end of the runner looks like, ends every kernel still there.
"""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # this folder; its modules are not top-level modules, and one is called `site`

import builtins
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import signal
import socket
import time
import types


def preload(modules):
    """Import modules as a cell would; return the environment variables that they set."""
    started_with = dict(os.environ)
    # As in a cell: by this pandas decides, when imported, how many columns a table shows.
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever its import does, the notebooks can still be run
            print(f"warm kernels: {name} is not preloaded ({type(error).__name__}: {error})", file=sys.stderr)
    del builtins.get_ipython
    return {k: v for k, v in os.environ.items() if started_with.get(k) != v}


def serve(fd, modules):
    """Import `modules`, then answer requests until end of file; returns in the server and in each kernel."""
    set_by_imports = preload(modules)
    gc.collect()
    gc.freeze()  # a kernel then neither copies nor, at its end, visits what it shares with the server
    connection = socket.socket(fileno=fd)
    requests = connection.makefile()
    kernels, wanted = set(), None

    def reply(**answer):
        connection.sendall(json.dumps(answer).encode() + b"\n")

    with contextlib.suppress(ConnectionError):  # the runner may go between its request and the reply
        for line in requests:
            request = json.loads(line)
            if "reap" in request:
                kernels.discard(request["reap"])
                reply(status=os.waitstatus_to_exitcode(os.waitpid(request["reap"], 0)[1]))
            elif (threads := len(os.listdir("/proc/self/task"))) > 1:
                # The fork would copy one thread, and whatever the others hold locked stays locked.
                reply(
                    refused=f"a preloaded module has started {threads - 1} thread(s), and a fork would lose them"
                )
            elif pid := os.fork():
                kernels.add(pid)
                reply(pid=pid)
            else:
                wanted = request["fork"]
                break
    if wanted:
        # Not os.close(fd): when these objects close it again, it may be a descriptor of libzmq.
        requests.close()
        connection.close()
        return become_kernel(**wanted, set_by_imports=set_by_imports)
    for pid in kernels:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # before its setsid() it has no group yet
            os.killpg(pid, signal.SIGKILL)


def become_kernel(args, env, cwd, umask, set_by_imports):
    """In the forked child: be what `python -m ipykernel_launcher ARGS` would have been."""
    from ipykernel.kernelapp import IPKernelApp

    server = os.getppid()
    os.setsid()
    os.environ.clear()
    os.environ.update({**env, "JPY_PARENT_PID": str(server), **set_by_imports})
    time.tzset()
    os.umask(umask)
    os.chdir(cwd)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()  # or all kernels would draw the same numbers; `random` does this itself
    sys.argv = [importlib.util.find_spec("ipykernel_launcher").origin, *args]
    # ipykernel read JPY_PARENT_PID when it was imported, so its watchdog has to be told.
    IPKernelApp.launch_instance([*args, f"--IPKernelApp.parent_handle={server}"])


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2:])
