"""Every chapter is executed, clean and has descriptions; bad notebooks are found."""

import json
from pathlib import Path

import pytest

from course import contents
from course.guards import CHAPTERS, NOTEBOOKS, PAGES, SUPPLEMENTS
from course.guards.__main__ import main
from course.guards.notebooks import SVG_BYTES, check
from course.guards.samples import ALT, code, figure, printed, save, shown, text

FAR = "A curve that rises to its top, and then falls again to the far right."


def problems(path: Path) -> str:
    return "\n".join(str(finding) for finding in check(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path: Path) -> None:
    assert path.exists(), f"{path.name} is missing"
    found = problems(path)
    assert not found, found


def test_table_of_contents_lists_the_chapters_in_order_and_every_page() -> None:
    stems = [path.stem for path in CHAPTERS.values()]
    names = contents.pages()
    assert [name for name in names if Path(name).name in stems] == [
        *(f"chapters/{stem}" for stem in stems),
        *(f"exercises/release/{stem}/{stem}" for stem in stems),
    ]
    others = {name for name in names if Path(name).name not in stems}
    assert others == {f"chapters/{path.stem}" for path in (*SUPPLEMENTS, *PAGES)}
    assert set(NOTEBOOKS) == set((contents.ROOT / "chapters").glob("*.ipynb"))


def good() -> list:
    return [
        text("# 1 · A chapter\n\n## 1.1 A section"),
        code("print(f'{p:.4f}')", printed("0.6000 nats of 3/5, x:\\ y http://a.b/tmp/\n")),
        figure(),
        text("*Figure 1.1.* A curve."),
        code("x = 1"),
    ]


def test_good_notebook_passes(tmp_path: Path) -> None:
    assert problems(save(tmp_path, *good())) == ""


@pytest.mark.parametrize(
    "cell",
    [
        figure(FAR + " It ends at 7.31.", "<svg><!-- 7.3102 --></svg>"),
        figure(FAR + " It ends at 7.31.", "<svg><text x='1'>7.31</text></svg>"),
        figure(FAR + " The image of class 7.", "<svg><!-- 7 --></svg>"),
        figure(FAR + " It reaches 0.6 nats."),
        code("f", printed("1/2/3 of it, nats/bits/bans, 3 nats/ball/second, (a)/b/c\n")),
        code("f", shown(plain="N**3/(k*(-N + k))/x/y", latex="$\\frac{a}{b}/x/y$")),
        code("f", shown(html="<td>a</td><td>1/2</td></tr>")),
        code("f", printed("https://example.org/a/b and https://example.org/~me/x\n")),
        code("f", printed("pixel 0x1f, ~3 nats, 0.67301166701 nats, an array (2, 3)\n")),
    ],
)
def test_good_cell_passes(tmp_path: Path, cell: dict) -> None:
    assert problems(save(tmp_path, *good(), cell)) == ""


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (code("f", printed("careful\n", "stderr")), "stderr"),
        (code("f", printed("see /home/me/book/x.npz\n")), "absolute path"),
        (code("f", printed("/builds/x\n")), "absolute path"),
        (code("f", shown(plain="'C:\\\\Users\\\\me'")), "absolute path"),
        (code("f", printed("lib/python3.11/site-packages/numpy\n")), "absolute path"),
        (code("f", printed("saved to /app/out/x.csv\n")), "absolute path"),
        (code("f", printed("'/srv/book/x'\n")), "absolute path"),
        (code("f", printed("(/data/mnist/x.npz)\n")), "absolute path"),
        (code("f", printed("/Volumes/disk/x\n")), "absolute path"),
        (code("f", printed("file:///home/me/x\n")), "absolute path"),
        (code("f", printed("~/.cache/x\n")), "absolute path"),
        (code("f", printed("D:\\data\\x\n")), "absolute path"),
        (code("f", shown(html="<td>/app/x.csv</td>")), "absolute path"),
        (code("f", shown(plain="<object at 0x7f3c2a1b9d30>")), "memory address"),
        (code("f", shown(plain="<object at 0x7f3c>")), "memory address"),
        (code("f", shown(plain="np.float64(0.6)")), "NumPy scalar"),
        (code("f", shown(plain="0.6730116670092565")), "bare float"),
        (code("f", printed("it is 0.673011667009 nats\n")), "bare float"),
        (code("f", shown(plain="(0.5, -1.2345678901234e-05)")), "bare float"),
        (code("f", shown(plain="array([0.4, 0.6])")), "bare float"),
        (code("f", shown(plain="tensor(0.6730)")), "bare float"),
        (code("\n".join(f"x{i} = {i}" for i in range(16))), "16 lines of code"),
        (code("draw()", shown(svg="<svg></svg>")), "the alt text has 0 characters"),
        (figure("A curve."), "the alt text has 8 characters"),
        (figure("A curve that rises to its top, and then falls again to the right."), "no number"),
        (figure(FAR + " It ends at 7.31."), "no number"),
        (figure(FAR + " It belongs to chapter 3 and figure 0.6."), "no number"),
        (figure(FAR + " See sections 3 and 5.", "<svg><!-- 7.31 --></svg>"), "no number"),
        (code("f", shown(html="<img src='x.png'>")), "the alt text has 0 characters"),
        (code("f", shown(html="<b>a</b><svg></svg>")), "the alt text has 0 characters"),
        (figure(ALT), "is that of cell 3 too"),
        (figure(ALT + " Again.", "<svg>" + "x" * SVG_BYTES + "</svg>"), "the SVG has"),
        (text("%%% md\nHello"), "leftover"),
        (code("f", printed("1\n"), tags=["nbval-ignore-output"]), "no reason is given"),
        (code("# NBVAL_SKIP\nf", printed("1\n")), "no reason is given"),
        (code("f", tags=["nbval-skip"], nbval_reason="slow"), "1 of 4 code cells"),
    ],
)
def test_bad_cell_is_refused(tmp_path: Path, cell: dict, message: str) -> None:
    path = save(tmp_path, *good(), cell)
    assert message in problems(path)


def test_two_pictures_in_one_cell_are_refused(tmp_path: Path) -> None:
    cell = figure(ALT + " Again.")
    cell.outputs.append(shown(png="AAAA"))
    assert "two pictures" in problems(save(tmp_path, *good(), cell))


def test_an_error_is_refused(tmp_path: Path) -> None:
    cell = code("1 / 0")
    error = {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["E: e"]}
    path = save(tmp_path, *good(), cell)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["outputs"] = [error]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert "an output of the kind error" in problems(path)


@pytest.mark.parametrize("counts", [(1, None), (2, 3), (2, 1), (1, 1), (1, 3)])
def test_cells_not_executed_in_order_are_refused(tmp_path: Path, counts: tuple) -> None:
    cells = [code(f"x = {count}", count=count) for count in counts]
    assert "execution count" in problems(save(tmp_path, *cells, number=False))


def test_one_ignored_cell_of_twenty_passes_with_its_reason(tmp_path: Path) -> None:
    ignored = code("f", tags=["nbval-ignore-output"], nbval_reason="it prints seconds")
    cells = [code(f"x = {i}") for i in range(19)]
    assert problems(save(tmp_path, *cells, ignored)) == ""
    assert "not compared" in problems(save(tmp_path, *cells[:-1], ignored))


def test_repeated_cell_ids_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path, *good())
    path.write_text(path.read_text(encoding="utf-8").replace("cell-02", "cell-01"), "utf-8")
    assert "repeated id" in problems(path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    del notebook["cells"][0]["id"]
    path.write_text(json.dumps(notebook), "utf-8")
    assert "cell 1 (markdown, id none): a missing" in problems(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda nb: nb["metadata"].update(language_info={"name": "python", "version": "3.11.7"}),
        lambda nb: nb["cells"][1]["metadata"].update(execution={"iopub.status.busy": "now"}),
        lambda nb: nb["cells"][1]["outputs"].append(
            {"output_type": "stream", "name": "stdout", "text": ["again\n"]}
        ),
    ],
    ids=["version", "times", "split stream"],
)
def test_what_is_not_in_normal_form_is_refused(tmp_path: Path, spoil) -> None:
    path = save(tmp_path, *good())
    notebook = json.loads(path.read_text(encoding="utf-8"))
    spoil(notebook)
    dumped = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path.write_text(dumped, encoding="utf-8")
    assert "normal form" in problems(path)


def test_other_bytes_of_the_same_notebook_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path, *good())
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    assert "normal form" in problems(path)


def test_the_command_prints_findings_and_fails(tmp_path: Path, capsys) -> None:
    assert main([str(save(tmp_path, *good()))]) == 0
    assert "sample.ipynb: good" in capsys.readouterr().out
    bad = save(tmp_path, *good(), text("It is 0.98765."), figure("short"), name="bad.ipynb")
    assert main([str(bad)]) == 1
    out = capsys.readouterr().out
    assert "bad.ipynb, cell 6 (markdown, id cell-06), line 1" in out
    assert "0.98765" in out
    assert "Mend:" in out
    assert main([str(tmp_path / "none.ipynb")]) == 1
