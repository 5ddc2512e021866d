# Why Cross-Entropy?  `make` lists what there is to do.

PYTHON ?=
# PyTorch's own index of CPU builds: the package index serves Linux several gigabytes of CUDA.
TORCH_CPU_INDEX ?= https://download.pytorch.org/whl/cpu

VENV := .venv
BIN := $(VENV)/bin
# One thread, because the matrices are small. No printed digit depends on the order of additions: all
# are rounded well within the accuracy of float64. `make test-cpu` tries other orders.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
# Broken references are warnings and warnings are errors; keep going to report them all.
STRICT := -W -n --keep-going

.PHONY: help book pdf test test-grading test-cpu test-site mutants lab execute lint check bench lock clean setup release grade formgrader tables quizzes

help:
	@echo "make book      execute the chapters and build the book into _build/html"
	@echo "make pdf       after make book: one PDF of the whole book (needs Chromium)"
	@echo "make test      run the tests: chapters, numbers, prose, library, exercises"
	@echo "make test-grading  grade every answer, cheat, crash and bad submission (minutes)"
	@echo "make test-cpu  run the chapters under every kernel set of this processor (minutes)"
	@echo "make test-site after make book: read every page in a browser (needs Chromium, npm, Java)"
	@echo "make mutants   break the project in known ways; a named test must notice each (minutes)"
	@echo "make lab       open the chapters and the exercises in JupyterLab"
	@echo "make execute   run the chapters again and store their outputs"
	@echo "make tables    write the tables and counts in README and pages anew"
	@echo "make release   make the students' notebooks and archives from exercises/source"
	@echo "make grade CHAPTER=01_likelihood SUBMISSIONS=folder    grade submissions; see chapters/instructors.md"
	@echo "make formgrader CHAPTER=03_information_theory          grade written answers by hand"
	@echo "make quizzes   write the chapters' quizzes for Moodle and Canvas"
	@echo "make lint      format, lint and types"
	@echo "make check     make lint and the quick tests: without the chapters and their tests (tests/chapters),"
	@echo "               and without what is marked slow: it starts nbgrader or a kernel, or builds a book"
	@echo "make bench     measure speed side by side (an hour or less: STUDENTS=40 grades 40 instead of 200)"
	@echo "make lock      resolve requirements.txt anew from pyproject.toml"
	@echo "make clean     remove what was built (the environment .venv stays)"

# Fast if nothing has changed: it compares two checksums.
setup:
	@PYTHON="$(PYTHON)" TORCH_CPU_INDEX="$(TORCH_CPU_INDEX)" sh scripts/setup.sh

# --all, with execute_notebooks: force, because neither the execution cache nor Sphinx notices
# that lib has changed.
book: setup
	rm -rf _build/html
	$(ONE_THREAD) $(BIN)/jupyter-book build --all $(STRICT) .
	@$(BIN)/python -m website.check

pdf: setup
	$(BIN)/python -m website.pdf

# If CI is set, a missing tool is an error; otherwise its tests are skipped and say why.
test-site: setup
	@if command -v npm >/dev/null 2>&1; then \
	    test tests/browser/node_modules/.package-lock.json -nt tests/browser/package-lock.json \
	    || npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else echo "npm is not installed: axe and the HTML checker will be missing"; fi
	$(BIN)/python -m pytest tests/browser -p no:nbval --override-ini=addopts= -n 2 --dist loadgroup -rs

# npm brings the TypeScript compiler that checks the explorables. Without it that test is skipped.
test: setup
	@if command -v npm >/dev/null 2>&1 && test ! node_modules/.package-lock.json -nt package-lock.json; then \
	    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || true; fi
	$(ONE_THREAD) $(BIN)/python -m pytest -m "not grader"

# What is marked slow in tests/grading: whoever changes a chapter need not wait for it.
test-grading: setup
	$(ONE_THREAD) $(BIN)/python -m pytest tests/grading -m grader

# One process per chapter and kernel set. ONLY=NumPy runs those whose name holds the word.
test-cpu: setup
	$(BIN)/python scripts/test_cpu.py $(if $(ONLY),--only "$(ONLY)") $(if $(JOBS),--jobs "$(JOBS)")

# One process per mutation. ONLY=losses tries those whose file, test or reason holds the word.
mutants: setup
	$(BIN)/python scripts/mutants.py $(if $(ONLY),--only "$(ONLY)") $(if $(JOBS),--jobs "$(JOBS)")

# The exercises find `check` (and, for instructors, `hidden`) in the folder exercises.
lab: setup
	PYTHONPATH="$(CURDIR)/exercises" $(ONE_THREAD) $(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/chapters

execute: setup
	$(ONE_THREAD) $(BIN)/python -m course.execute

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint
	$(ONE_THREAD) $(BIN)/python -m pytest tests --ignore=tests/chapters -m "not slow"

bench: setup
	$(ONE_THREAD) $(BIN)/python scripts/bench.py
	$(ONE_THREAD) $(BIN)/python scripts/bench_coding.py
	$(ONE_THREAD) $(BIN)/python scripts/bench_grading.py $(STUDENTS)
	$(BIN)/python scripts/bench_site.py

# BOOK, the book's address, is read from the environment. SOLUTIONS=private, EXERCISES="1.1 1.3": see chapters/instructors.md.
release: setup
	$(BIN)/python -m grading.release $(if $(SOLUTIONS),--solutions "$(SOLUTIONS)") \
	    $(if $(EXERCISES),--exercises "$(EXERCISES)")

# HIDDEN_SEED and DB, which may hold a password, are read from the environment. AS_ROOT: see chapters/instructors.md.
grade: setup
	@$(BIN)/python -m grading "$(CHAPTER)" "$(SUBMISSIONS)" $(if $(ROSTER),--roster "$(ROSTER)") \
	    $(if $(JOBS),--jobs "$(JOBS)") $(if $(MEMORY),--memory "$(MEMORY)") \
	    $(if $(OUT),--out "$(OUT)") $(if $(CLUSTER),--cluster "$(CLUSTER)") \
	    $(if $(RETRY),--retry "$(RETRY)") $(if $(KEEP),--keep "$(KEEP)") $(if $(AS_ROOT),--as-root)

# nbgrader's formgrader is a page of JupyterLab that shows the course of the folder it is started in.
# Who grades as root has to read as root.
formgrader: setup
	@test -d "$(or $(OUT),grades/$(CHAPTER))/course" \
	    || { echo "No course in $(or $(OUT),grades/$(CHAPTER)): run make grade first, and say CHAPTER=... (and OUT=..., if make grade had it)"; exit 1; }
	@cd "$(or $(OUT),grades/$(CHAPTER))/course" && GRADEBOOK="$${DB:-}" \
	    "$(CURDIR)/$(BIN)/jupyter" lab --LabApp.default_url=/formgrader \
	    $(if $(filter 0,$(shell id -u)),--allow-root)

tables: setup
	$(BIN)/python -m course.tables

quizzes: setup
	$(BIN)/python -m course.quizzes

lock: setup
	@sh scripts/lock.sh

clean:
	rm -rf _build build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
