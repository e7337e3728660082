"""A progress bar is drawn on a terminal and nowhere else."""

import io

from infra.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_written_where_there_is_no_terminal() -> None:
    stream = io.StringIO()

    with Progress("lines", 10, stream) as progress:
        progress(10)

    assert stream.getvalue() == ""
    assert progress.done == 10


def test_a_terminal_shows_how_far_it_is_and_is_left_clean() -> None:
    stream = Terminal()

    with Progress("lines", 10, stream) as progress:
        progress(5)
        assert "lines ███████████████░░░░░░░░░░░░░░░ 5 of 10 (" in stream.getvalue()

    assert stream.getvalue().endswith("\r\x1b[K")


def test_without_a_total_it_counts() -> None:
    progress = Progress("rows", None, io.StringIO())
    progress(1234)

    assert progress.line(0).startswith("rows 1,234 (")
