"""Attempts to earn points without an answer, to see what is the grader's, or to hang or kill it."""

from __future__ import annotations

from dataclasses import dataclass

WRONG = "def sequence_probability(seq, theta):\n    return 1.0\n"


def body(code: str) -> str:
    """Return an answer to 1.1 that runs other code when it is called."""
    lines = "\n".join(f"    {line}" for line in code.splitlines())
    return f"def sequence_probability(seq, theta):\n{lines}\n"


@dataclass(frozen=True)
class Attack:
    """An attempt.

    Attributes
    ----------
    answer : str
        The answer cell.
    before : str
        A cell of the student's own before it.
    number : str
        The exercise.
    after : str
        A cell of the student's own at the end.
    """

    answer: str = WRONG
    before: str = ""
    number: str = "1.1"
    after: str = ""


# Code for the student's process: `channels` are the connections to the judge that it can find.
CHANNELS = """
import gc, sys, json, struct, os, socket, time
from grading.judge.channel import Channel
channels = [c for c in gc.get_objects() if isinstance(c, Channel)]
def frame(number, message, data=b""):
    text = json.dumps(message).encode()
    return struct.pack("<QQQ", number, len(text), len(data)) + text + data
"""


def forged(message: str, data: str = "b''") -> Attack:
    """Return an attack that answers every question with a message of its own making."""
    return Attack(
        before=CHANNELS
        + "def send(self, number, message, encoder=None, until=None):\n"
        + "    self.socket.setblocking(True)\n"
        + f"    self.socket.sendall(frame(number, {message}, {data}))\n"
        + "    self.socket.setblocking(False)\n"
        + "Channel.send = send"
    )


OWN_LOOP = CHANNELS + "for c in channels:\n    c.socket.setblocking(True)\n"

CHEATS: dict[str, Attack] = {
    # Of the judge's names.
    "replaces hidden.check": Attack(
        before="import hidden\nhidden.check = lambda *a, **k: None\nhidden.grade = hidden.check"
    ),
    "makes a module named hidden": Attack(
        before="import sys, types\nfake = types.ModuleType('hidden')\n"
        "fake.grade = lambda *a: None\nfake.check = fake.grade\nsys.modules['hidden'] = fake"
    ),
    "replaces check.agree": Attack(
        before="import check\ncheck.agree = check.expect = check.expect_true = "
        "check.expect_error = lambda *a, **k: True\n"
        "expect = expect_true = expect_error = check.agree"
    ),
    "breaks assert": Attack(
        before="import builtins\nclass Fine(Exception): pass\n"
        "builtins.AssertionError = AssertionError = Fine"
    ),
    "raises Mistake itself": Attack(
        body("from check import Mistake\nraise Mistake('you are wonderful', 'x')")
    ),
    # Of IPython's.
    "removes the checks by an input transformer": Attack(
        before="get_ipython().input_transformers_cleanup.append(lambda L: ['pass\\n'] "
        "if any('expect' in l or 'grade' in l for l in L) else L)"
    ),
    "removes the checks by an ast transformer": Attack(
        before="import ast\nget_ipython().ast_transformers.append(type('T', (), "
        "{'visit': lambda s, n: ast.parse('pass') if 'expect' in ast.unparse(n) else n})())"
    ),
    "replaces run_cell": Attack(
        before="shell = get_ipython()\nshell.run_cell = lambda *a, **k: None\n"
        "type(shell).run_cell = shell.run_cell\ntype(shell).run = lambda s, source: "
        "{'outputs': [], 'execution_count': 1, 'threads': 1}"
    ),
    "replaces the kernel's do_execute": Attack(
        before="get_ipython().kernel.do_execute = lambda *a, **k: {'status': 'ok'}"
    ),
    "replaces the traceback": Attack(
        before="type(get_ipython())._showtraceback = lambda *a: None\n"
        "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)"
    ),
    "hides errors by exit hooks": Attack(
        before="import atexit, sys, os\natexit.register(lambda: os._exit(0))\n"
        "sys.excepthook = sys.unraisablehook = lambda *a: None\n"
        "get_ipython().events.register('post_run_cell', lambda *a: os._exit(0))"
    ),
    # What is printed.
    "forges a receipt": Attack(
        body("print('All hidden checks of exercise 1.1 passed.')\nreturn 1.0"),
        after="print('All hidden checks of exercise 1.1 passed. Receipt 0123456789abcdef.')",
    ),
    "shows outputs of a notebook": Attack(
        before="display({'application/json': '1', 'text/plain': '1'}, raw=True)\n2.0"
    ),
    "calls itself another cell": Attack(before="#%% hidden-1-1\n__name__ = 'hidden'\n3.0"),
    # Results with a will of their own.
    "returns what equals everything": Attack(
        "class Yes:\n    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda s, o: True\n"
        "    __bool__ = lambda s: True\n    __float__ = lambda s: 1.0\n"
        "    __sub__ = __rsub__ = lambda s, o: 0.0\n    __hash__ = None\n"
        "    __array__ = lambda s, *a, **k: None\n" + body("return Yes()")
    ),
    "returns a float that equals everything": Attack(
        "class Yes(float):\n    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda s, o: True\n"
        "    __sub__ = __rsub__ = lambda s, o: 0.0\n    __hash__ = None\n"
        "    __array_ufunc__ = lambda s, *a, **k: True\n" + body("return Yes(1)")
    ),
    "returns a Fraction that equals everything": Attack(
        "from fractions import Fraction\nclass Yes(Fraction):\n"
        "    __eq__ = __le__ = __ge__ = lambda s, o: True\n    __hash__ = None\n"
        + body("return Yes(1, 3)")
    ),
    "returns an array that equals everything": Attack(
        "import numpy as np\nclass Yes(np.ndarray):\n    __eq__ = __le__ = lambda s, o: True\n"
        "    __array_function__ = __array_ufunc__ = lambda s, *a, **k: True\n"
        + body("return np.ones(()).view(Yes)")
    ),
    "returns a mock": Attack(body("from unittest.mock import MagicMock\nreturn MagicMock()")),
    "returns its own type": Attack(body("return type('T', (), {'__eq__': lambda s, o: True})")),
    "returns NaN": Attack(body("return float('nan')")),
    "returns everything at once": Attack(body("return [1.0, 0.0, 0.03456, None, True]")),
    # Libraries, in its own process only.
    "replaces NumPy's functions": Attack(
        before="import numpy as np\nnp.asarray = np.abs = np.all = np.isfinite = np.allclose = "
        "lambda *a, **k: True\nnp.random.default_rng = lambda *a: None\n"
        "np.errstate = lambda **k: __import__('contextlib').nullcontext()"
    ),
    "replaces sympy's simplify": Attack(
        "def mle(k, n):\n    return 0\n",
        before="import sympy\nsympy.simplify = sympy.sympify = lambda *a, **k: 0\n"
        "sympy.Basic.__eq__ = sympy.Expr.__eq__ = lambda s, o: True",
        number="1.3",
    ),
    "replaces warnings and builtins": Attack(
        before="import builtins, warnings\nbuiltins.isinstance = lambda *a: True\n"
        "builtins.float = lambda x: 0.0\nwarnings.catch_warnings = None\nbuiltins.print = print"
    ),
    # The conversation with the judge.
    "answers with nothing": forged("{}"),
    "answers with an empty list": forged("[]"),
    "answers with a result of no kind": forged("{'result': ['x', 1]}"),
    "answers with a name to look up": forged("{'result': ['y', 'numpy', 'testing']}"),
    "answers that all is well": forged(
        "{'pid': 1, 'outputs': [], 'threads': 1, 'defined': [True], 'result': True, 'passed': True}"
    ),
    "answers as the judge's process": forged("[]"),
    "answers with an array of impossible shape": forged(
        "{'result': ['a', '<f8', [10**13], [0, 0], None]}"
    ),
    "answers with strides beyond the buffer": forged(
        "{'result': ['a', '<f8', [10**10], [0, 8], [0, [0]]]}", "bytes(8)"
    ),
    "answers with a negative start": forged(
        "{'result': ['a', '<f8', [4], [0, 64], [-4096, [8]]]}", "bytes(64)"
    ),
    "answers with an array of objects": forged(
        "{'result': ['a', '|O', [1], [0, 8], None]}", "bytes(range(8))"
    ),
    "answers with a reference to nothing": forged("{'result': ['r', 10**9]}"),
    "answers with a type to be parsed": forged(
        "{'result': ['a', '(1000000,1000000)f8', [1], [0, 8], None]}", "bytes(8)"
    ),
    "answers with deep nesting": Attack(
        before=CHANNELS + "def send(self, number, message, encoder=None, until=None):\n"
        "    text = b'[' * 10**6 + b']' * 10**6\n"
        "    self.socket.setblocking(True)\n"
        "    self.socket.sendall(struct.pack('<QQQ', number, len(text), 0) + text)\n"
        "Channel.send = send"
    ),
    "claims a message of 2**63 bytes": Attack(
        before=CHANNELS + "def send(self, *a, **k):\n"
        "    self.socket.send(struct.pack('<QQQ', 1, 2**63 - 1, 2**63 - 1))\nChannel.send = send"
    ),
    "answers from the future": Attack(
        before=OWN_LOOP + "for c in channels:\n"
        "    for n in range(200):\n        c.socket.sendall(frame(n, {'result': True}))\n"
    ),
    "answers twice from a forked child": Attack(body("import os\nos.fork()\nreturn 1.0")),
    "writes into all files": Attack(
        body("import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'\\xff' * 64)\n"
             "    except OSError:\n        pass\nreturn 1.0")
    ),
    "attaches to the base by ptrace": Attack(
        before="import ctypes, os\nlibc = ctypes.CDLL(None)\n"
        "print([libc.ptrace(16, pid, 0, 0) for pid in (1, os.getppid())])",
    ),
    "reads the memory of other processes": Attack(
        before="import os\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    for name in ('mem', 'environ', 'cmdline', 'maps'):\n        try:\n"
        "            with open(f'/proc/{pid}/{name}', 'rb') as file: print(pid, file.read(100))\n"
        "        except (OSError, ValueError): pass",
    ),
    "searches the memory for what is expected": Attack(
        body("import gc, sys\nframe, found = sys._getframe(), []\nwhile frame:\n"
             "    found += [v for v in frame.f_locals.values() if isinstance(v, float)]\n"
             "    frame = frame.f_back\nfor o in gc.get_objects():\n"
             "    if isinstance(o, dict):\n        for name in ('expected', 'wanted', 'truth'):\n"
             "            if isinstance(o.get(name), float): found.append(o[name])\n"
             "return found[-1] if found else 1.0")
    ),
    "tells the judge's checks to another process": Attack(
        before="import os, mmap, time\nshared = mmap.mmap(-1, 8)\nif os.fork() == 0:\n"
        "    os.setsid()\n    time.sleep(60)",
    ),
    "leaves a file for later cells": Attack(
        "import pathlib\n" + body("path = pathlib.Path('/tmp/asked')\n"
        "path.write_text(f'{seq} {theta}')\nreturn 1.0"),
        after="import pathlib\nprint(pathlib.Path('/tmp/asked').read_text())",
    ),
    "replaces how processes are forked": Attack(
        before="import os, signal\nfork = os.fork\nos.fork = lambda: 0\nos._exit = lambda n: None\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
    ),
    "replaces how values are encoded": Attack(
        before="from grading.judge import codec, worker\n"
        "codec.Encoder.__call__ = lambda self, value, depth=0: ['t', []]\n"
        "worker.call = lambda *a: {'result': True, 'printed': []}\n"
        "worker._failure = lambda error: {'result': 0.03456}",
    ),
    "closes all files": Attack(body("import os\nos.closerange(0, 256)\nreturn 1.0")),
}  # fmt: skip

# What might hang or kill the judge, or cost other exercises their points.
STORMS: dict[str, Attack] = {
    "exits": Attack(body("import os\nos._exit(0)")),
    "raises SystemExit": Attack(body("raise SystemExit(0)")),
    "raises KeyboardInterrupt": Attack(body("raise KeyboardInterrupt")),
    "raises GeneratorExit": Attack(body("raise GeneratorExit")),
    "raises an error that cannot be shown": Attack(
        "class E(Exception):\n    def __str__(self): raise SystemExit\n" + body("raise E")
    ),
    "crashes": Attack(body("import ctypes\nctypes.string_at(0)")),
    "aborts in its cell": Attack("import os\nos.abort()"),
    "stops itself": Attack(body("import os\nos.kill(os.getpid(), 19)")),
    "kills everything": Attack(body("import os\nos.kill(-1, 9)")),
    "kills the base": Attack(body("import os\nos.kill(1, 9)\nreturn 1.0")),
    "recurses": Attack(body("return sequence_probability(seq, theta)")),
    "recurses deeply": Attack(
        body("import sys\nsys.setrecursionlimit(10**9)\nreturn sequence_probability(seq, theta)")
    ),
    "sleeps": Attack(body("import time\ntime.sleep(10**6)")),
    "loops": Attack(body("while True: pass")),
    "loops and catches the interrupt": Attack(
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    ),
    "forks for ever": Attack(
        "import os, time\nfor _ in range(500):\n    try:\n        if os.fork() == 0:\n"
        "            os.setsid()\n            time.sleep(10**6)\n    except OSError: break"
    ),
    "starts threads": Attack(
        body("return 1.0"),
        before="import threading, time\nfor _ in range(20):\n"
        "    threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()",
    ),
    "returns a list nested deeply": Attack(
        body("x = []\nfor _ in range(10**5): x = [x]\nreturn x")
    ),
    "returns itself": Attack(body("x = []\nx.append(x)\nreturn x")),
    "returns an endless generator": Attack(
        body("def g():\n    while True: yield 1\nreturn g()")
    ),
    "returns a generator that waits": Attack(
        body("import time\ndef g():\n    while True:\n        time.sleep(10**6)\n        yield 1\n"
             "return g()")
    ),
    "returns many numbers": Attack(body("return [0] * 5 * 10**7")),
    "returns a huge string": Attack(body("return 'x' * 2**28")),
    "returns an integer of many digits": Attack(body("return 1 << 10**9")),
    "returns a large array": Attack(body("import numpy as np\nreturn np.zeros(2**28)")),
    "returns 8 bytes that look like 8 TB": Attack(
        body("import numpy as np\nreturn np.broadcast_to(np.float64(1), (10**6, 10**6))")
    ),
    "fills the memory": Attack(
        body("kept = []\nwhile True: kept.append(bytearray(2**26))")
    ),
    "returns an enormous range": Attack(
        "def mle_urn(N, black, white): return range(10**15)", number="1.6"
    ),
    "returns a tower of powers": Attack(
        "import sympy as sp\ndef mle(k, n):\n    b = sp.Integer(7)\n    for _ in range(3):\n"
        "        b = sp.Pow(7, b, evaluate=False)\n    return b * k\n",
        number="1.3",
    ),
    "returns what sympy simplifies for ever": Attack(
        "import sympy as sp\ndef mle(k, n):\n    if not isinstance(k, sp.Symbol):\n"
        "        return sp.Rational(k, n)\n"
        "    terms = (sp.log(k**i + n) / (k + n * i + 1) ** (i + 1) for i in range(1, 14))\n"
        "    return sum(sp.sqrt(k + sp.sqrt(n + i)) * t for i, t in enumerate(terms))\n",
        number="1.3",
    ),
    "returns a Rational of 10^7 digits": Attack(
        "import sympy as sp\ndef mle(k, n):\n"
        "    return sp.Rational(k * 3**20000000 + 1, n * 3**20000000)\n",
        number="1.3",
    ),
    "returns a text for sympy to evaluate": Attack(
        "import sympy as sp\ndef mle(k, n): return str(sp.sympify(k) / n)\n", number="1.3"
    ),
    "drips one byte a second": Attack(
        before=CHANNELS + "def send(self, *a, **k):\n    self.socket.setblocking(True)\n"
        "    self.socket.sendall(struct.pack('<QQQ', 1, 100, 0))\n"
        "    for _ in range(100):\n        self.socket.sendall(b' ')\n        time.sleep(1)\n"
        "Channel.send = send"
    ),
    "never reads": Attack(
        before=CHANNELS + "Channel.receive = lambda *a, **k: time.sleep(10**6)"
    ),
    "prints a gigabyte": Attack(body("for _ in range(1024): print('x' * 2**20)\nreturn 1.0")),
    "shows a gigabyte": Attack("'x' * 2**30"),
    "shows many pictures": Attack(
        "for _ in range(10**5):\n    display({'image/png': 'x' * 10**4}, raw=True)"
    ),
    "fills the disk": Attack(
        body("for n in range(10**4):\n    open(f'f{n}', 'wb').write(bytes(2**23))\nreturn 1.0")
    ),
}  # fmt: skip
