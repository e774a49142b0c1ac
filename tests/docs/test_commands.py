"""Every command of the documentation runs, or says why it can't be run here.

Commands stand in blocks ```console, each after `$ `, with their output below
them. A block that can't be run has a comment on the line before it:
`<!-- not run: why -->`. The commands of a page are run in their order, in a
fresh folder with a fleet file, against an organisation of the page's own. A
command passes if it ends with the exit code that its output shows (`exit 2: …`),
or with 0 where it shows none; Foghorn's also with 2, which says that something
was found: 1 is always a failure.
"""

import re
import shlex
import shutil
import subprocess

import pytest

from pages import SHELLS, all_pages, is_whole, none_of
from shell import Hangs, Shell

PAGES = {page.name: page for page in all_pages()}

# Programs that need what a test has not: minutes, a daemon, a cluster.
NEVER_RUN = {
    "cargo": "it would build for minutes",
    "docker": "there need not be an engine",
    "helm": "it need not be installed",
    "podman": "there need not be an engine",
    "kubectl": "there is no cluster",
    "terraform": "its providers can't be had without a network",
}

# Commands whose output depends on their arguments alone: it must be as shown.
SAME_EVERYWHERE = re.compile(r"^foghorn (test-event|explain|policy)\b")


def runnable(page):
    return [command for block in page.consoles() if not block.not_run for command in block.commands()]


WITH_COMMANDS = {name: page for name, page in PAGES.items() if runnable(page)}


def programs(text):
    """The programs that a command line calls, as far as its words show."""
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "quoted", text.replace("\\\n", " "))
    if "<<" in text:
        text = text.split("\n", 1)[0]
    parts = re.split(r"\|\|?|&&|;|\n", text.split(" #", 1)[0])
    for part in parts:
        words = part.split()
        while words and "=" in words[0] and not words[0].startswith("-"):
            words.pop(0)
        if words:
            yield words[0]


def reason_not_to_run(command):
    if not is_whole(command.text):
        return "a shell can't read it"
    for program in programs(command.text):
        if program in NEVER_RUN:
            return f"`{program}` can't be run by this test ({NEVER_RUN[program]})"
        if re.fullmatch(r"[a-z][\w.-]*", program) and not known(program):
            return f"`{program}` is not on this machine"
    return None


def known(program):
    if program == "foghorn" or shutil.which(program):
        return True
    return subprocess.run(["bash", "-c", f"type {shlex.quote(program)}"], capture_output=True).returncode == 0


def squeezed(lines):
    return [line.rstrip() for line in lines if line.strip()]


def is_as_shown(command, printed):
    """Whether the output is what the page shows; `…` alone in a line stands for any lines."""
    shown = squeezed(line for line in command.output if not re.match(r"^exit \d+:", line))
    wanted = "".join("(?:.*\n)*?" if line.strip() == "…" else re.escape(line) + "\n" for line in shown)
    found = "".join(line + "\n" for line in squeezed(printed.splitlines()))
    return not shown or re.fullmatch(wanted, found) is not None


def tail(text, most=12):
    lines = text.strip().splitlines()
    return "\n".join("      " + line for line in lines[-most:])


def trouble(shell, command):
    """What is wrong with a command, if anything is."""
    reason = reason_not_to_run(command)
    if reason:
        return f"{command}\n    {reason}: mend it, or put `<!-- not run: why -->` on the line before its block"
    try:
        code, printed, said = shell.run(command.text)
    except Hangs as hangs:
        return f"{command}\n    {hangs}"
    if code not in command.codes():
        allowed = " or ".join(str(code) for code in sorted(command.codes()))
        return f"{command}\n    ended with {code}, not {allowed}\n{tail(said) or tail(printed)}"
    if SAME_EVERYWHERE.match(command.text) and not is_as_shown(command, printed):
        return f"{command}\n    prints something else than the page shows:\n{tail(printed, 60)}"
    return None


@pytest.mark.parametrize("page", WITH_COMMANDS.values(), ids=WITH_COMMANDS.keys())
def test_every_command_of_the_page_runs(page, folder, environment):
    with Shell(folder, environment) as shell:
        # The folder has been in use: there is a report of an earlier run.
        code, report, said = shell.run("foghorn plan -f fleet.yaml -o json")
        assert code in (0, 2), said
        (folder / "report.json").write_text(report)
        found = [trouble(shell, command) for command in runnable(page)]
    none_of("\n\n", found)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_no_command_of_the_page_hides(page):
    found = [
        f"{page.name}:{block.line}: a block ```{block.language}: commands stand in ```console, after `$ `"
        for block in page.blocks
        if block.language in SHELLS
    ]
    found += [
        f"{page.name}:{block.line}: a block ```console without a command (`$ `)"
        for block in page.consoles()
        if not block.commands()
    ]
    found += [
        f"{page.name}:{block.line}: a block ```console that is not run does not say why"
        for block in page.consoles()
        if block.not_run == ""
    ]
    found += [f"{page.name}:{line}: `not run` stands before no block" for line in page.lost_marks]
    none_of("\n", found)


class Help:
    """What `foghorn --help` and the help of each command know."""

    def __init__(self, binary):
        self.binary = binary
        self.flags = {}
        listed = self._help().split("Commands:", 1)[1].split("Options:", 1)[0]
        self.commands = set(re.findall(r"^  ([a-z][a-z-]*)", listed, re.MULTILINE))

    def _help(self, *command):
        return subprocess.run([self.binary, *command, "--help"], check=True, capture_output=True, text=True).stdout

    def of(self, command):
        if command not in self.flags:
            options = re.findall(r"^\s+(?:(-\w), )?\s*(--[a-z][a-z-]*)", self._help(command), re.MULTILINE)
            self.flags[command] = {name for pair in options for name in pair if name}
        return self.flags[command]


@pytest.fixture(scope="session")
def help_of(foghorn):
    return Help(foghorn)


# Where a command begins: a line, a pipe, a list, a quoted script, a loop's body.
BEGINS = r"(?:^|[|;&(`'\"]|\b(?:do|then|else|exec|run:)\s)\s*(?:[A-Z_]+=\S*\s+)*"
CALL = re.compile(BEGINS + r"foghorn\s+((?:'[^']*'|\"[^\"]*\"|[^|;&>`'\"#)])*)")


def joined(block):
    """The lines of a block, those that are continued in one, without their prompts."""
    number, text = None, ""
    for at, line in enumerate(block.lines, block.line + 1):
        number = number or at
        text += re.sub(r"^\s*(?:\$ |- |> )?", "", line)
        if text.endswith("\\"):
            text = text[:-1]
            continue
        yield number, text.split(" #", 1)[0]
        number, text = None, ""


def calls(page):
    """What the page calls Foghorn with: in blocks of any language, and in code spans
    that begin with its name."""
    for block in page.blocks:
        if block.language in ("text", ""):
            continue
        for number, line in joined(block):
            for match in CALL.finditer(line):
                yield number, match.group(1).split()
    for number, line in page.prose_with_code():
        for match in re.finditer(r"`foghorn ([^`|;&>]+)[^`]*`", line):
            yield number, match.group(1).split()


def trouble_of_call(help_of, words):
    command = next((word for word in words if not word.startswith("-")), None)
    if command is None or not re.fullmatch(r"[a-z][a-z-]*", command):
        return None
    if command not in help_of.commands | {"help"}:
        return f"there is no command `foghorn {command}`"
    used = {word.split("=", 1)[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
    unknown = used - help_of.of(command) - {"--help", "--version", "-h", "-V"}
    # Short flags may stand together: -vv.
    unknown = {flag for flag in unknown if not is_cluster(flag, help_of.of(command))}
    return f"`foghorn {command}` has no {', '.join(sorted(unknown))}" if unknown else None


def is_cluster(flag, flags):
    return not flag.startswith("--") and all(f"-{letter}" in flags for letter in flag[1:])


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_every_flag_of_the_page_is_one_that_foghorn_has(page, help_of):
    found = [(number, words, trouble_of_call(help_of, words)) for number, words in calls(page)]
    lines = [f"{page.name}:{number}: foghorn {' '.join(words)}: {why}" for number, words, why in found if why]
    none_of("\n", lines)


def test_the_pages_are_where_this_test_looks_for_them():
    assert "README.md" in WITH_COMMANDS
    assert len(PAGES) > 5
