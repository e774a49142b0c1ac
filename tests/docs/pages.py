"""Reads the Markdown pages of the repository: blocks, commands, links, headings."""

import dataclasses
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", "target", "node_modules", ".pytest_cache"}

# Languages under which a command would hide from the test.
SHELLS = {"sh", "bash", "shell", "zsh", "shell-session", "shellsession", "terminal"}

NOT_RUN = re.compile(r"<!--\s*not run:\s*(.*?)\s*-->", re.DOTALL)
EXIT = re.compile(r"^exit (\d+):")
HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")


@dataclasses.dataclass
class Command:
    """A command of a block, with the output that the page shows."""

    page: str
    line: int
    text: str
    output: list[str] = dataclasses.field(default_factory=list)

    def __str__(self):
        return f"{self.page}:{self.line}: $ {self.text}"

    def codes(self):
        """The exit codes with which it may end: the one that the page shows, or
        else 0, and of Foghorn 2, which says that something was found and not
        that the command is wrong."""
        shown = [EXIT.match(line) for line in self.output]
        said = {int(match.group(1)) for match in shown if match}
        return said or ({0, 2} if re.search(r"\bfoghorn\b", self.text) else {0})


class Ahead:
    """Numbered lines of which the next can be looked at."""

    def __init__(self, lines):
        self.lines = list(lines)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.lines:
            raise StopIteration
        return self.lines.pop(0)

    def ahead(self):
        return self.lines[0][1] if self.lines else ""


def is_whole(text):
    """Whether a shell would run a text, and not ask for more of it."""
    return subprocess.run(["bash", "-n", "-c", text], capture_output=True).returncode == 0


@dataclasses.dataclass
class Block:
    """A fenced block of code."""

    page: str
    line: int
    language: str
    lines: list[str]
    not_run: str | None

    def commands(self):
        """What stands after `$ `, with the lines that continue it (after `\\`, or with
        `> ` before them, as a shell asks for them), and its output."""
        found, lines = [], Ahead(enumerate(self.lines, self.line + 1))
        for number, line in lines:
            if line.startswith("$ "):
                text = line[2:]
                while text.endswith("\\"):
                    text += "\n" + next(lines, (0, ""))[1]
                here = HEREDOC.search(text)
                while here and text.rsplit("\n", 1)[-1].strip() != here.group(2):
                    text += "\n" + next(lines, (0, here.group(2)))[1]
                while lines.ahead().startswith("> ") and not is_whole(text):
                    text += "\n" + next(lines)[1][2:]
                found.append(Command(self.page, number, text))
            elif found:
                found[-1].output.append(line)
        return found


class Page:
    """One Markdown file."""

    def __init__(self, path):
        self.path = path
        self.name = path.relative_to(ROOT).as_posix()
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.blocks = []
        self.prose = []
        self.lost_marks = []
        self._read()

    def _read(self):
        """Tells blocks from prose. Code spans and comments are no prose."""
        fence, block, mark = None, None, None
        comment = None
        for number, line in enumerate(self.lines, 1):
            stripped = line.strip()
            if fence:
                if stripped == fence or (stripped.startswith(fence) and not stripped.strip(fence[0])):
                    self.blocks.append(block)
                    fence = None
                else:
                    block.lines.append(line[indent:] if not line[:indent].strip() else line)
                continue
            opening = re.match(r"^(\s*)(`{3,}|~{3,})\s*([\w-]*)", line)
            if opening and comment is None:
                indent, fence = len(opening.group(1)), opening.group(2)
                block = Block(self.name, number, opening.group(3).lower(), [], mark and mark[1])
                mark = None
                continue
            if comment is not None:
                comment += "\n" + line
            elif stripped.startswith("<!--"):
                comment = line
            if comment is not None:
                if "-->" in line:
                    found = NOT_RUN.search(comment)
                    mark, comment = (number, found.group(1)) if found else None, None
                continue
            if stripped and mark:
                self.lost_marks.append(mark[0])
                mark = None
            self.prose.append((number, re.sub(r"(`+)(?:(?!\1).)+?\1(?!`)", "", line)))
        if mark:
            self.lost_marks.append(mark[0])
        assert fence is None, f"{self.name}: the block of line {block.line} does not end"

    def consoles(self):
        return [block for block in self.blocks if block.language == "console"]

    def anchors(self):
        """The anchors of headings, as GitHub makes them, and those that are written out."""
        found, seen = set(), {}
        for _, line in self.prose_with_code():
            heading = re.match(r"^#{1,6}\s+(.*?)\s*#*$", line)
            if heading:
                text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).replace("`", "")
                slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
                count = seen.get(slug, 0)
                seen[slug] = count + 1
                found.add(f"{slug}-{count}" if count else slug)
            found.update(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", line))
        return found

    def prose_with_code(self):
        """The lines of the prose with their code spans."""
        numbers = {number for number, _ in self.prose}
        return [(number, line) for number, line in enumerate(self.lines, 1) if number in numbers]

    def links(self):
        """Targets of links and pictures, each with the number of its line."""
        for number, line in self.prose:
            for match in re.finditer(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)", line):
                yield number, match.group(1)
            definition = re.match(r"^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$", line)
            if definition:
                yield number, definition.group(1)


def all_pages():
    """Every Markdown file of the repository."""
    paths = [
        path
        for path in ROOT.rglob("*.md")
        if not LEFT_OUT.intersection(path.relative_to(ROOT).parts)
    ]
    return [Page(path) for path in sorted(paths)]


def none_of(between, troubles):
    """Fails with every trouble that there is."""
    troubles = [trouble for trouble in troubles if trouble]
    if troubles:
        pytest.fail("\n" + between.join(troubles), pytrace=False)
