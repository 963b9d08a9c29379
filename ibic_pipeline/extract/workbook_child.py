"""Run as a process of its own: reads sheets of the workbook on standard input, every cell as text.

What a file that is broken, or made to break, does to the reader then ends this process and not the run.
"""

from __future__ import annotations

import json
import os
import resource
import sys

try:
    import fastexcel
    import pyarrow as pa
except ImportError:
    sys.exit(9)  # BROKEN_START of workbook_process, which cannot be imported from here


def main() -> None:
    """Arguments: bytes of memory that may be used, and names of sheets as a JSON list; writes an Arrow stream each."""
    most_bytes, sheets = int(sys.argv[1]), json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)  # the library writes remarks of its own
        book = fastexcel.read_excel(sys.stdin.buffer.read())
        for name in sheets:
            cells = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string", eager=True)
            with pa.ipc.new_stream(output, cells.schema) as stream:
                stream.write_batch(cells)


if __name__ == "__main__":
    main()
