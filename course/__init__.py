"""Facts about the course, read from its files, and the guards that check them."""

import sys

# jsonschema, which nbformat loads, takes a second of every start to build a grammar of web
# addresses that nothing here needs. If that import fails, jsonschema skips the check.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
