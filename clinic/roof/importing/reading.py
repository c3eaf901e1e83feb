"""A CSV file as other programs write it: compressed or not, with a mark at its front, commas, semicolons or tabs."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from clinic.roof.importing.errors import FileProblem

SEPARATORS = [",", ";", "\t", "|"]
GZIP = b"\x1f\x8b"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST_CELL = 100_000  # characters; an unclosed quote swallows the rest of a file


class Table:
    """A file's header and its rows, one at a time; `read` is the share of the file that lies behind, 0 to 1."""

    def __init__(self, path: Path, encoding: str = "") -> None:
        self._raw: BinaryIO = self._open(path)
        self._size = max(path.stat().st_size, 1)
        try:
            self._text = self._decoded(encoding)
            self.header, self.separator = self._first_line()
        except BaseException:
            self._raw.close()
            raise

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *args: Any) -> None:
        self._raw.close()

    @property
    def read(self) -> float:
        """How much of the file was read."""
        return min(self._raw.tell() / self._size, 1.0)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line number, cells) of every row that is not blank."""
        reader = csv.reader(self._text, delimiter=self.separator)
        while True:
            cells = self._careful(lambda: next(reader, None), lambda: reader.line_num + 1)
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield reader.line_num + 1, cells

    @staticmethod
    def _open(path: Path) -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise FileProblem(f"{path} cannot be opened: {error.strerror}.") from error

    def _decoded(self, encoding: str) -> io.TextIOWrapper:
        stream: Any = self._raw
        start = self._raw.read(2)
        self._raw.seek(0)
        if start == GZIP:
            stream = gzip.GzipFile(fileobj=self._raw)
            start = self._careful(lambda: stream.read(2), lambda: 1)
            stream.seek(0)
        guess = "utf-16" if start in UTF16 else "utf-8-sig"
        try:
            return io.TextIOWrapper(stream, encoding=encoding or guess, newline="")
        except LookupError as error:
            raise FileProblem(f"There is no encoding {encoding!r}.") from error

    def _first_line(self) -> tuple[list[str], str]:
        csv.field_size_limit(LONGEST_CELL)
        line = self._careful(lambda: self._text.readline(LONGEST_CELL), lambda: 1)
        if not line.strip():
            raise FileProblem("Line 1 is empty; the first line names the columns.")
        separator = max(SEPARATORS, key=line.count)
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator))], separator

    @staticmethod
    def _careful(read: Callable[[], Any], line: Callable[[], int]) -> Any:
        try:
            return read()
        except UnicodeDecodeError as error:
            raise FileProblem(
                f"Near line {line()}: the text is not {error.encoding}. "
                "Save the file as UTF-8, or name its encoding, for example --encoding cp1256."
            ) from error
        except csv.Error as error:
            raise FileProblem(f"Line {line()}: {error}. Look for a quotation mark that is never closed.") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FileProblem(f"Near line {line()}: the compressed file is broken ({error}).") from error
